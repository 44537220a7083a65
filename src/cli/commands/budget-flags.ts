import { budgetAlertConfig } from '../../contract/schemas/alert-config';
import { parse } from '../../contract/schemas/parse';
import type { BudgetAlertConfig } from '../../domain/alert-config';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget, type Limits } from '../../domain/budget';
import { countLimit, oneOf, share, span, text, texts, usdLimit, whole, type ValuesOf } from '../args/flag';
import { UsageError } from '../args/usage-error';

/** What a budget may be told to be. */
export const budgetFlags = {
  team: text('TEAM', 'limits calls for this team only'),
  user: text('USER', 'limits calls for this user only'),
  agent: text('AGENT', 'limits calls of this agent only'),
  monthly: usdLimit('most that a month may cost'),
  daily: usdLimit('most that a day may cost'),
  'monthly-executions': countLimit('most runs of a month'),
  'daily-executions': countLimit('most runs of a day'),
  mode: oneOf(['hard', 'soft'], 'hard denies, soft only says so; default hard'),
  timezone: text('ZONE', 'whose midnights count, as Europe/Berlin; default UTC'),
  'anchor-day': whole('the day on which months begin; default 1', 1, 31),
  'warn-at': share('usage that warns; default 0.75'),
  'degrade-at': share('usage that degrades; default 0.9'),
  rollover: whole('per cent of the limit that may be carried over unused; default 0', 0, 25),
  webhook: text('URL|env:NAME|none', 'where alerts are posted'),
  'webhook-secret': text('env:NAME|file:/PATH|none', 'where workers find the secret that signs them'),
  email: texts('ADDRESS|none', 'who gets alerts by email'),
  thresholds: text('SHARES', 'usage that alerts, as 0.5,0.9,1'),
  cooldown: span('what comes within it is told as one'),
  'alert-once': oneOf(['yes', 'no'], 'each threshold once a period; default yes'),
};
type Given = ValuesOf<typeof budgetFlags>;

/** The budget as it is to be: what is not named stays as it is, or as BUDGET_DEFAULTS say. */
export function budgetWith(given: Given, organizationId: string, budgetId: string, existing: Budget | undefined): Budget {
  const before = existing ?? { ...BUDGET_DEFAULTS, scope: null, limits: UNLIMITED };
  return {
    ...before,
    budgetId,
    scope: {
      organizationId,
      teamId: given.team ?? before.scope?.teamId ?? null,
      userId: given.user ?? before.scope?.userId ?? null,
      agentId: given.agent ?? before.scope?.agentId ?? null,
    },
    limits: limitsWith(given, before.limits),
    mode: given.mode ?? before.mode,
    timeZone: given.timezone ?? before.timeZone,
    anchorDay: given['anchor-day'] ?? before.anchorDay,
    warningThreshold: given['warn-at'] ?? before.warningThreshold,
    degradationThreshold: given['degrade-at'] ?? before.degradationThreshold,
    rolloverPercent: given.rollover ?? before.rolloverPercent,
    alerts: { ...before.alerts, ...alertsIn(given) },
  };
}

// null is a limit that was named: none.
function limitsWith(given: Given, before: Limits): Limits {
  const or = <Value>(value: Value | undefined, old: Value) => (value === undefined ? old : value);
  return {
    monthlyMicroUsd: or(given.monthly, before.monthlyMicroUsd),
    dailyMicroUsd: or(given.daily, before.dailyMicroUsd),
    monthlyExecutions: or(given['monthly-executions'], before.monthlyExecutions),
    dailyExecutions: or(given['daily-executions'], before.dailyExecutions),
  };
}

/** Only what was named: the rest is the organization's to say. */
function alertsIn(given: Given): Partial<BudgetAlertConfig> {
  const orNone = (value: string | undefined) => (value === 'none' ? null : value);
  const written = {
    webhookUrl: orNone(given.webhook),
    webhookSecret: orNone(given['webhook-secret']),
    emailRecipients: given.email.length === 0 ? undefined : given.email.filter((address) => address !== 'none'),
    thresholds: given.thresholds?.split(',').map(shareOf),
    cooldownMinutes: given.cooldown === undefined ? undefined : given.cooldown / 60_000,
    alertOncePerThreshold: given['alert-once'] === undefined ? undefined : given['alert-once'] === 'yes',
  };
  const named = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
  const checked = Object.entries(parse(budgetAlertConfig, 'The alert configuration', named));
  return Object.fromEntries(checked.filter(([name]) => name in named));
}

function shareOf(text: string): number {
  if (/^\d*\.?\d+$/.test(text.trim())) return Number(text);
  throw new UsageError(`--thresholds must be shares of the limit, as 0.5,0.9,1, not ${JSON.stringify(text)}.`);
}
