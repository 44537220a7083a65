import { externalAgentBudget } from '../contract/schemas/governance';
import { parse } from '../contract/schemas/parse';
import { BUDGET_DEFAULTS, type Budget, type EnforcementMode } from '../domain/budget';
import type { Account } from '../domain/decision';
import { openBalance } from '../domain/ledger/account';
import { fromUsd, ZERO } from '../domain/money';
import type { Scope } from '../domain/scope';
import { callOf } from './call';

/** On what level a budget limits: the words of a denial's `level`. */
export const BudgetScope = { organization: 'organization', team: 'team', user: 'user', agent: 'agent' } as const;
export type BudgetScope = (typeof BudgetScope)[keyof typeof BudgetScope];

/**
 * A budget as a plain value, in USD, with what counts against it now: what was spent, and what calls under way may still cost.
 * null or absent limits are unlimited, 0 is a limit; a limit's count must be said. Months and days are UTC's.
 */
export interface ExternalAgentBudget {
  readonly externalAgentId: string;
  /** Default `default`. */
  readonly organizationId?: string;
  readonly teamId?: string;
  readonly userId?: string;
  /** Default `agent`. */
  readonly scope?: BudgetScope;
  readonly monthlyBudgetUsd?: number | null;
  readonly monthlySpentUsd?: number;
  readonly dailyBudgetUsd?: number | null;
  readonly dailySpentUsd?: number;
  readonly monthlyExecutionLimit?: number | null;
  readonly monthlyExecutions?: number;
  readonly dailyExecutionLimit?: number | null;
  readonly dailyExecutions?: number;
}

/** How an enforcer decides. Thresholds are shares of the limit; defaults: warns at .75, degrades at .90, hard. */
export interface ExternalAgentBudgetConfig {
  /** Of usage with the call. */
  readonly warningThreshold?: number;
  /** Of usage before the call. */
  readonly degradationThreshold?: number;
  /** soft: what would be denied is allowed, degraded, with the denial's reason. */
  readonly enforcementMode?: EnforcementMode;
}

/** The call that a plain budget is asked for, and the budget as the rule book knows it. Throws InvalidRequest. */
export function accountOf(
  value: ExternalAgentBudget,
  { warningThreshold, degradationThreshold, enforcementMode }: Required<ExternalAgentBudgetConfig>,
  at: number,
): { call: Scope; account: Account } {
  const parsed = parse(externalAgentBudget, 'The budget', value);
  const call = callOf(parsed);
  const budget: Budget = {
    ...BUDGET_DEFAULTS,
    budgetId: parsed.externalAgentId,
    scope: scopeOf(call, parsed.scope),
    limits: {
      monthlyMicroUsd: parsed.monthlyBudgetUsd === null ? null : fromUsd(parsed.monthlyBudgetUsd),
      dailyMicroUsd: parsed.dailyBudgetUsd === null ? null : fromUsd(parsed.dailyBudgetUsd),
      monthlyExecutions: parsed.monthlyExecutionLimit,
      dailyExecutions: parsed.dailyExecutionLimit,
    },
    mode: enforcementMode,
    warningThreshold,
    degradationThreshold,
  };
  const counters = (spentUsd = 0, executions = 0) => ({ spentMicroUsd: fromUsd(spentUsd), heldMicroUsd: ZERO, executions });
  const untouched = openBalance(budget, at, []);
  const balance = {
    ...untouched,
    month: counters(parsed.monthlySpentUsd, parsed.monthlyExecutions),
    day: { ...untouched.day, ...counters(parsed.dailySpentUsd, parsed.dailyExecutions) },
  };
  return { call, account: { budget, balance } };
}

function scopeOf({ organizationId, teamId, userId, agentId }: Scope, level: BudgetScope): Scope {
  const all = { organizationId, teamId: null, userId: null, agentId: null };
  switch (level) {
    case 'organization':
      return all;
    case 'team':
      return { ...all, teamId };
    case 'user':
      return { ...all, userId };
    case 'agent':
      return { ...all, agentId };
  }
}
