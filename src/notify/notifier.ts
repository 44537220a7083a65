import { createHash } from 'node:crypto';
import type { AlertMessage, ChannelName, DeliveryTarget } from '../contract/payloads/alert';
import { SecretUnavailable } from '../outbound/errors';
import type { Outbound } from '../outbound/outbound';
import { isSecretReference, resolveSecret, type Environment } from '../outbound/secrets';
import { channelsOf, formOf, type Targets } from './channel';
import { sendEmail, type Smtp } from './email';
import { misconfigured, NotifyFailure } from './notify-failure';
import type { Exchange } from './post';
import { SENT_TO_ALL, type Sent } from './sent';
import { sendSlack } from './slack';
import { sendTeams } from './teams';
import { sendWebhook } from './webhook';

export interface NotifierDependencies {
  readonly outbound: Pick<Outbound, 'fetch'>;
  /** Where `env:NAME` references are found. */
  readonly env: Environment;
  /** Null: no emails. */
  readonly smtp: Smtp | null;
  /** For signatures and Retry-After dates; milliseconds. */
  readonly now?: () => number;
  readonly webhookTimeoutMs?: number;
  readonly emailTimeoutMs?: number;
}

/** Tells people and programs of alerts. It tries once: when to try again is the caller's to decide. */
export interface Notifier {
  /** Where a configuration sends to. A webhook address that cannot be found counts as a webhook: sending says why. */
  targetsOf(config: Targets): Promise<readonly DeliveryTarget[]>;
  /** Delivers a message by one channel. Throws NotifyFailure, or the signal's own reason when aborted, and nothing else. */
  send(channel: ChannelName, message: AlertMessage, config: Targets, signal: AbortSignal): Promise<Sent>;
}

export function createNotifier(dependencies: NotifierDependencies): Notifier {
  const { outbound, env, smtp, now = Date.now, webhookTimeoutMs = 10_000, emailTimeoutMs = 60_000 } = dependencies;

  async function targets({ webhookUrl, emailRecipients }: Targets): Promise<readonly DeliveryTarget[]> {
    // Of an address that cannot be found, the reference is all there is to show.
    const resolved = webhookUrl === null ? null : await resolveUrl(webhookUrl, env).catch(() => webhookUrl);
    return channelsOf({ webhookUrl: resolved, emailRecipients }).map((channel): DeliveryTarget => {
      const address = channel === 'email' ? emailRecipients.join(', ') : (resolved ?? '');
      const target = channel === 'email' ? address : shown(address);
      return { channel, target, fingerprint: createHash('sha256').update(address).digest('hex') };
    });
  }

  async function toWebhook(message: AlertMessage, { webhookUrl, webhookSecret }: Targets, signal: AbortSignal): Promise<Sent> {
    if (webhookUrl === null) throw misconfigured('The budget has no webhook URL');
    const url = await resolveUrl(webhookUrl, env);
    const exchange: Exchange = { outbound, url, signal, timeoutMs: webhookTimeoutMs, now };
    // The address may have changed since its channel was named, so it decides anew.
    const form = formOf(url);
    if (form === 'slack') await sendSlack(message, exchange);
    else if (form === 'teams') await sendTeams(message, exchange);
    else await sendWebhook(message, exchange, webhookSecret === null ? null : await resolveSecret(webhookSecret, env));
    return SENT_TO_ALL;
  }

  async function toRecipients(message: AlertMessage, { emailRecipients }: Targets, signal: AbortSignal): Promise<Sent> {
    if (smtp === null)
      // Another worker may have it, and this one soon.
      throw new NotifyFailure('No email can be sent: set SMTP_URL to the mail server, for example smtp://user:password@mail.example:587', {
        isRetryable: true,
      });
    if (emailRecipients.length === 0) throw misconfigured('The budget has no email recipients');
    return sendEmail(message, { smtp, recipients: emailRecipients, signal, timeoutMs: emailTimeoutMs });
  }

  return {
    targetsOf: targets,
    send: async (channel, message, config, signal) => {
      try {
        signal.throwIfAborted();
        return await (channel === 'email' ? toRecipients(message, config, signal) : toWebhook(message, config, signal));
      } catch (error) {
        throw signal.aborted && error === signal.reason ? error : asNotifyFailure(error, channel);
      }
    },
  };
}

// Paths, queries and whatever cannot be read may be secret.
function shown(address: string): string {
  if (isSecretReference(address)) return address;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) ? url.origin : 'an unreadable address';
}

/** The address itself: given, or referred to. Not quoted when it is none, since a path may be a secret. */
async function resolveUrl(webhookUrl: string, env: Environment): Promise<string> {
  const text = isSecretReference(webhookUrl) ? await resolveSecret(webhookUrl, env) : webhookUrl;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw misconfigured('The webhook URL is no http:// or https:// address without credentials');
  return text;
}

function asNotifyFailure(error: unknown, channel: ChannelName): NotifyFailure {
  if (error instanceof NotifyFailure) return error;
  // A secret may be replaced at this instant, or be known to another worker.
  if (error instanceof SecretUnavailable) return new NotifyFailure(error.message, { isRetryable: true });
  // A fault of our own would repeat itself. Its message may quote a secret.
  return misconfigured(`The message could not be sent by ${channel} (${error instanceof Error ? error.name : typeof error})`);
}
