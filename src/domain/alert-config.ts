import { invalidField } from './errors';
import { isStorable } from './storable';

/** Whom a budget alerts, of what, and how often. URLs and secrets may be references: `env:NAME` or `file:/PATH`. */
export interface BudgetAlertConfig {
  /** An http(s) URL or a reference to one. Slack's and Microsoft Teams' are recognized, and get messages of their own form. */
  readonly webhookUrl: string | null;
  /** A reference to the secret that generic webhooks are signed with; null: they are not signed. */
  readonly webhookSecret: string | null;
  readonly emailRecipients: readonly string[];
  /** Shares of the limit, ascending: committed spend that reaches one crosses it. */
  readonly thresholds: readonly number[];
  /** Each threshold once in a period; otherwise once per cooldown for as long as spend stays above it. */
  readonly alertOncePerThreshold: boolean;
  /** After a message, what comes in this time is collected and sent as one; 0 sends at once. */
  readonly cooldownMinutes: number;
}

export const ALERT_DEFAULTS: BudgetAlertConfig = {
  webhookUrl: null,
  webhookSecret: null,
  emailRecipients: [],
  thresholds: [0.5, 0.75, 0.9, 1],
  alertOncePerThreshold: true,
  cooldownMinutes: 15,
};

/** Whether anybody would hear of an alert. */
export function hasChannel({ webhookUrl, emailRecipients }: BudgetAlertConfig): boolean {
  return webhookUrl !== null || emailRecipients.length > 0;
}

const MOST_THRESHOLDS = 20;
const MOST_RECIPIENTS = 50;
const LONGEST_COOLDOWN_MINUTES = 31 * 24 * 60;

/** How a budget alerts: what it does not say itself, its organization does. */
export function alertConfigOf(policy: { readonly alerts: BudgetAlertConfig }, budget: { readonly alerts: Partial<BudgetAlertConfig> }) {
  return { ...policy.alerts, ...budget.alerts };
}

// Plain JavaScript may misspell a name, or give another type: that would alert nobody, and say nothing.
const REQUIREMENTS: { readonly [Name in keyof BudgetAlertConfig]: readonly [(value: unknown) => boolean, string] } = {
  webhookUrl: [isTextOrNull, 'must be a well-formed text or null'],
  webhookSecret: [isTextOrNull, 'must be a well-formed text or null'],
  emailRecipients: [
    (all) => Array.isArray(all) && all.length <= MOST_RECIPIENTS && all.every(isText),
    `must be at most ${String(MOST_RECIPIENTS)} well-formed texts`,
  ],
  thresholds: [isAscending, `must be at most ${String(MOST_THRESHOLDS)} ascending shares over 0 and up to 10`],
  alertOncePerThreshold: [(value) => typeof value === 'boolean', 'must be true or false'],
  cooldownMinutes: [
    (minutes) => typeof minutes === 'number' && minutes >= 0 && minutes <= LONGEST_COOLDOWN_MINUTES,
    `must be from 0 to ${String(LONGEST_COOLDOWN_MINUTES)} (31 days)`,
  ],
};

/**
 * Refuses what could not be kept to, by name: InvalidRequest. What the texts of URLs and addresses must be is the edge's to check
 * (`budgetAlertConfig`).
 */
export function assertAlertConfig(config: Partial<BudgetAlertConfig>): void {
  for (const [name, value] of Object.entries(config)) {
    const oddity = isField(name) ? oddityOf(name, value) : 'is not known';
    if (oddity !== null) throw invalidField(`alerts.${name}`, oddity);
  }
}

/** What is wrong with a field of an alert configuration: `must be true or false`. Null where nothing is. */
export function oddityOf(name: keyof BudgetAlertConfig, value: unknown): string | null {
  const [isRight, what] = REQUIREMENTS[name];
  return isRight(value) ? null : what;
}

function isField(name: string): name is keyof BudgetAlertConfig {
  return name in ALERT_DEFAULTS;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && isStorable(value);
}

function isAscending(thresholds: unknown): boolean {
  if (!Array.isArray(thresholds) || thresholds.length > MOST_THRESHOLDS) return false;
  const shares = thresholds as readonly unknown[];
  return shares.every((share, index) => typeof share === 'number' && share <= 10 && share > Number(shares[index - 1] ?? 0));
}
