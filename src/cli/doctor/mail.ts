import type { Config } from '../../config';
import { verifySmtp } from '../../notify/verify-smtp';
import { fail, ok, reasonOf, type Finding } from './finding';

export async function checkMail({ smtp }: Config): Promise<Finding> {
  if (smtp === null) return ok('mail', 'SMTP_URL is not set: no emails');
  try {
    await verifySmtp(smtp);
    return ok('mail', `the mail server takes emails from ${smtp.from}`);
  } catch (error) {
    return fail('mail', reasonOf(error), 'Correct SMTP_URL (smtp://user:password@host:587), or start the mail server.');
  }
}
