import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { withFirstAbort } from '../contract/with-first-abort';
import type { AlertMessage } from '../contract/payloads/alert';
import type { NodemailerError } from 'nodemailer/lib/errors';
import { emailBody } from './email-body';
import { misconfigured, NotifyFailure } from './notify-failure';
import type { Sent } from './sent';
import { shownResponse, smtpFailure } from './smtp-failure';

/** Where emails leave from. */
export interface Smtp {
  /** `smtp://` or `smtps://`, with the credentials and nodemailer's options in it. */
  readonly url: string;
  readonly from: string;
}

export interface EmailExchange {
  readonly smtp: Smtp;
  readonly recipients: readonly string[];
  readonly signal: AbortSignal;
  /** For the whole delivery; its parts have shorter ones of their own. */
  readonly timeoutMs: number;
}

const LONGEST_WAIT_MS = 10_000;
/** Some servers look through a message for long before they take it: giving up on them would send it twice. */
const LONGEST_SILENCE_MS = 45_000;

/**
 * Sends one email to all recipients. It has arrived when the server took it for one of them. The Message-ID comes from the message's id, so a repetition can be told. Throws NotifyFailure, or the signal's reason.
 */
export async function sendEmail(message: AlertMessage, { smtp, recipients, signal, timeoutMs }: EmailExchange): Promise<Sent> {
  const url = smtpUrl(smtp.url);
  const timeOut = AbortSignal.timeout(timeoutMs);
  const transport = createTransport({
    url: smtp.url,
    connectionTimeout: LONGEST_WAIT_MS,
    greetingTimeout: LONGEST_WAIT_MS,
    dnsTimeout: LONGEST_WAIT_MS,
    socketTimeout: LONGEST_SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const mail = {
      ...emailBody(message),
      from: smtp.from,
      // As objects, so that no address is read as several.
      to: recipients.map((address) => ({ name: '', address })),
      messageId: messageId(message.id, smtp.from),
      // Keeps holiday notices away.
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    const { rejectedErrors = [] } = await withFirstAbort([signal, timeOut], (within) => transport.sendMail({ ...mail, signal: within }));
    return sentBut(rejectedErrors);
  } catch (error) {
    signal.throwIfAborted();
    if (timeOut.aborted) throw new NotifyFailure(`${url.host} did not take the email within ${timeoutMs} ms`, { isRetryable: true });
    throw smtpFailure(error, url);
  } finally {
    transport.close();
  }
}

function sentBut(refusals: readonly NodemailerError[]): Sent {
  const shown = refusals.map(({ recipient = '', response = '', permanent }) => ({ recipient, answer: shownResponse(response), permanent }));
  return {
    refused: shown.filter(({ permanent }) => permanent !== false).map(({ recipient, answer }) => `${recipient} (${answer})`),
    deferred: shown.filter(({ permanent }) => permanent === false).map(({ recipient, answer }) => ({ recipient, answer })),
  };
}

/** Of letters and digits only, whatever the id consists of. */
function messageId(id: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'agent-budget.invalid';
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@${domain}>`;
}

export function smtpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol)) throw misconfigured('SMTP_URL is no smtp:// or smtps:// address');
  return url;
}
