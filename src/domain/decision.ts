import type { Balance } from './balance';
import type { Budget, OrganizationPolicy } from './budget';
import { failuresOf } from './check';
import { InvalidAmount } from './errors';
import { grant } from './grant';
import { NO_BUDGET } from './messages';
import { ZERO, type MicroUsd } from './money';
import { assertNamed, levelOf, type Scope, type ScopeLevel } from './scope';
import { standingOf, type Standing } from './standing';

export const DenialCode = {
  monthlyCost: 'monthly_cost',
  dailyCost: 'daily_cost',
  monthlyExecutions: 'monthly_executions',
  dailyExecutions: 'daily_executions',
  noBudget: 'no_budget',
} as const;
export type DenialCode = (typeof DenialCode)[keyof typeof DenialCode];

/** Why a call may not run. Amounts are micro-USD for the cost codes, counts for the execution codes; available is clamped at 0. */
export interface Denial {
  readonly code: DenialCode;
  readonly budgetId: string | null;
  readonly scope: Scope;
  readonly level: ScopeLevel;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  readonly requested: number;
  readonly available: number;
  /** Epoch milliseconds; null for `no_budget`, which no reset ends. */
  readonly resetsAt: number | null;
  readonly reason: string;
}

export interface Grant extends Standing {
  readonly status: 'granted';
  readonly reason: string;
  readonly isDegraded: boolean;
  readonly isUnbudgeted: boolean;
  readonly warningMessage: string | null;
  /** The least that any execution limit leaves after the call; null is unlimited. */
  readonly remainingExecutions: number | null;
  /** In soft mode, the denial that hard mode would have answered. */
  readonly softDenial: Denial | null;
}

export interface Refusal extends Standing {
  readonly status: 'denied';
  readonly denial: Denial;
}

export type Decision = Grant | Refusal;

/** A budget and its balance, rolled to the instant that is decided. */
export interface Account {
  readonly budget: Budget;
  readonly balance: Balance;
}

export interface DecisionRequest {
  readonly call: Scope;
  readonly estimateMicroUsd: MicroUsd;
  /** 1 for a reserve; 0 for a top-up, which is no new execution. */
  readonly executions: 0 | 1;
}

/**
 * Decides one call: every budget that matches it must pass. The first failure answers, by check (monthly cost, daily cost,
 * monthly executions, daily executions), then scope (the organization's first), hard before soft. A soft failure allows the
 * call, degraded, with the reason that a denial would have had. Throws InvalidAmount for an estimate that is no amount, and
 * ScopeRequired for a new call that leaves out what the policy requires.
 */
export function decide(accounts: readonly Account[], request: DecisionRequest, policy: OrganizationPolicy): Decision {
  if (!Number.isSafeInteger(request.estimateMicroUsd) || request.estimateMicroUsd < 0) {
    throw new InvalidAmount(`The estimate must be a whole number of micro-USD >= 0, not ${String(request.estimateMicroUsd)}`);
  }
  // A top-up belongs to a call that was let in before.
  if (request.executions > 0) assertNamed(request.call, policy.requires);
  if (accounts.length === 0) return withoutBudget(request, policy);
  const failures = failuresOf(accounts, request);
  const hard = failures.find(({ mode }) => mode === 'hard');
  if (hard === undefined) return grant(accounts, request, failures[0]?.denial ?? null);
  return { status: 'denied', denial: hard.denial, ...standingOf(accounts) };
}

function withoutBudget({ call, estimateMicroUsd }: DecisionRequest, policy: OrganizationPolicy): Decision {
  if (policy.noBudget === 'deny') {
    const amounts = { limit: 0, spent: 0, held: 0, requested: estimateMicroUsd, available: 0 };
    const denial = {
      code: DenialCode.noBudget,
      budgetId: null,
      scope: call,
      level: levelOf(call),
      ...amounts,
      resetsAt: null,
      reason: NO_BUDGET,
    };
    return { status: 'denied', denial, usage: 1, remainingMicroUsd: ZERO };
  }
  return {
    status: 'granted',
    reason: NO_BUDGET,
    isDegraded: false,
    isUnbudgeted: true,
    warningMessage: null,
    usage: 0,
    remainingMicroUsd: null,
    remainingExecutions: null,
    softDenial: null,
  };
}
