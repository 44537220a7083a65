import type { NodemailerError } from 'nodemailer/lib/errors';
import { clipped } from './format';
import { NotifyFailure } from './notify-failure';

const LONGEST_RESPONSE = 200;
/** What went wrong before or beside an SMTP answer: the network, its names, encryption, a time-out. */
const PASSING = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ETLS', 'EPROTOCOL', 'EABORT']);

/** The failure behind an error of nodemailer: 5xx final (503, a session gone astray, is not), 4xx and the network's to be retried. */
export function smtpFailure(error: unknown, { host }: URL): NotifyFailure {
  const { code = 'unknown cause', originalCode, permanent, response } = Object(error) as Partial<NodemailerError>;
  const isRetryable = permanent === undefined ? PASSING.has(code) : !permanent;
  if (response === undefined) return new NotifyFailure(`No email through ${host} (${originalCode ?? code})`, { isRetryable });
  // Only its number is shown: servers like to quote the credentials that they refuse, and encoded ones no search would find.
  if (code === 'EAUTH') return new NotifyFailure(`${host} refused the credentials in SMTP_URL (${numberOf(response)})`, { isRetryable });
  return new NotifyFailure(`${host} refused the email: ${shownResponse(response)}`, { isRetryable });
}

/** An SMTP server's answer in one line. */
export function shownResponse(response: string): string {
  return clipped(response.replace(/\s+/g, ' ').trim(), LONGEST_RESPONSE);
}

/** `535 5.7.8` */
function numberOf(response: string): string {
  return /^\d{3}([ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response)?.[0] ?? 'without a number';
}
