import { ALERT_DEFAULTS, type BudgetAlertConfig } from './alert-config';
import type { MicroUsd } from './money';
import type { RequiredScope, Scope } from './scope';

export const EnforcementMode = { hard: 'hard', soft: 'soft' } as const;
export type EnforcementMode = (typeof EnforcementMode)[keyof typeof EnforcementMode];

/** null is unlimited; 0 is a limit. */
export interface Limits {
  readonly monthlyMicroUsd: MicroUsd | null;
  readonly dailyMicroUsd: MicroUsd | null;
  readonly monthlyExecutions: number | null;
  readonly dailyExecutions: number | null;
}

export const UNLIMITED: Limits = { monthlyMicroUsd: null, dailyMicroUsd: null, monthlyExecutions: null, dailyExecutions: null };

/** What a budget allows beyond its limits for a while: added to each one that is not unlimited. It ends by itself. */
export interface TemporaryRaise {
  readonly monthlyMicroUsd: MicroUsd;
  readonly dailyMicroUsd: MicroUsd;
  readonly monthlyExecutions: number;
  readonly dailyExecutions: number;
  /** The first instant (epoch milliseconds) at which it is over; null when it is put: with the period that runs then. */
  readonly until: number | null;
}

/** A limit on a scope, per month and day of its own time zone. */
export interface Budget {
  readonly budgetId: string;
  readonly scope: Scope;
  readonly limits: Limits;
  readonly mode: EnforcementMode;
  /** IANA name, for example `Europe/Berlin`. */
  readonly timeZone: string;
  /** 1 to 31: the day on which the month begins, clamped to the last day of shorter months. */
  readonly anchorDay: number;
  /** Shares of the limit, over 0: usage with the call that warns, usage before the call that degrades. */
  readonly warningThreshold: number;
  readonly degradationThreshold: number;
  /** How much of the monthly limit may be carried into the next month unused: a whole percentage from 0 to 25. */
  readonly rolloverPercent: number;
  readonly raise: TemporaryRaise | null;
  /** What it does not say is as the organization does. */
  readonly alerts: Partial<BudgetAlertConfig>;
}

/** What a budget is where nobody says otherwise. */
export const BUDGET_DEFAULTS = {
  mode: EnforcementMode.hard,
  timeZone: 'UTC',
  anchorDay: 1,
  warningThreshold: 0.75,
  degradationThreshold: 0.9,
  rolloverPercent: 0,
  raise: null,
  alerts: {},
} as const satisfies Partial<Budget>;

/** What an organization decides about cases that the rule book leaves open. */
export interface OrganizationPolicy {
  /** What happens to a call that no budget matches. */
  readonly noBudget: 'allow' | 'deny';
  /** What an attempt costs whose outcome nobody knows: killed, timed out, unreadable. */
  readonly unconfirmedCost: 'estimate' | 'zero';
  /** What an attempt costs that the provider reported as failed, without a cost. */
  readonly failedCost: 'estimate' | 'zero';
  /** How budgets alert, but for what they say themselves. */
  readonly alerts: BudgetAlertConfig;
  /** Who must be named in every call: what is left out dodges the budgets on it. */
  readonly requires: RequiredScope;
}

export const DEFAULT_POLICY: OrganizationPolicy = {
  noBudget: 'allow',
  unconfirmedCost: 'estimate',
  failedCost: 'zero',
  alerts: ALERT_DEFAULTS,
  requires: { teamId: false, userId: false },
};
