import { createTransport } from 'nodemailer';
import { smtpUrl, type Smtp } from './email';
import { smtpFailure } from './smtp-failure';

const LONGEST_WAIT_MS = 10_000;

/** Reaches the mail server and signs in, and sends nothing. Throws NotifyFailure. */
export async function verifySmtp({ url: address }: Pick<Smtp, 'url'>): Promise<void> {
  const url = smtpUrl(address);
  const transport = createTransport({
    url: address,
    connectionTimeout: LONGEST_WAIT_MS,
    greetingTimeout: LONGEST_WAIT_MS,
    dnsTimeout: LONGEST_WAIT_MS,
    socketTimeout: LONGEST_WAIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.verify();
  } catch (error) {
    throw smtpFailure(error, url);
  } finally {
    transport.close();
  }
}
