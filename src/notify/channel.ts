import type { ChannelName } from '../contract/payloads/alert';
import type { BudgetAlertConfig } from '../domain/alert-config';

/** What delivery needs to know of a budget's configuration. */
export type Targets = Pick<BudgetAlertConfig, 'webhookUrl' | 'webhookSecret' | 'emailRecipients'>;

const SLACK_HOST = /^hooks\.slack(-gov)?\.com$/;
/** Teams' own webhooks, and those of Power Platform workflows that post to it. */
const TEAMS_HOST = /\.(webhook\.office\.com|api\.powerplatform\.com)$/;

/** The channels that a configuration uses. `webhookUrl` is the address itself, resolved: only its host tells who reads it. */
export function channelsOf({ webhookUrl, emailRecipients }: Pick<Targets, 'webhookUrl' | 'emailRecipients'>): readonly ChannelName[] {
  const channels: ChannelName[] = webhookUrl === null ? [] : [formOf(webhookUrl)];
  return emailRecipients.length === 0 ? channels : [...channels, 'email'];
}

/** Which form a webhook address wants. An unreadable one is taken for a plain webhook, whose delivery will say what is wrong. */
export function formOf(webhookUrl: string): 'webhook' | 'slack' | 'teams' {
  if (!URL.canParse(webhookUrl)) return 'webhook';
  const { hostname, pathname } = new URL(webhookUrl);
  if (SLACK_HOST.test(hostname)) return 'slack';
  if (TEAMS_HOST.test(hostname) || (hostname.endsWith('.logic.azure.com') && pathname.startsWith('/workflows/'))) return 'teams';
  return 'webhook';
}
