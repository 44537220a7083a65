import type { Balance } from './balance';
import type { Budget, OrganizationPolicy } from './budget';
import { InvalidAmount } from './errors';
import {
  budgetWarning,
  costExceeded,
  DEGRADED,
  degradedWarning,
  executionsExceeded,
  NO_BUDGET,
  WITHIN_BUDGET,
  type Window,
} from './messages';
import { add, clampToZero, subtract, type MicroUsd } from './money';
import { levelOf, SCOPE_LEVELS, type Scope, type ScopeLevel } from './scope';

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

export interface Grant {
  readonly status: 'granted';
  readonly reason: string;
  readonly isDegraded: boolean;
  readonly isUnbudgeted: boolean;
  readonly warningMessage: string | null;
  /** The highest usage of the cost limits before the call, a share of 1. */
  readonly usage: number;
  /** The least that any monthly or daily cost limit leaves before the call; null is unlimited. */
  readonly remainingMicroUsd: MicroUsd | null;
  /** The least that any execution limit leaves after the call; null is unlimited. */
  readonly remainingExecutions: number | null;
  /** In soft mode, the denial that hard mode would have answered. */
  readonly softDenial: Denial | null;
}

export type Decision = Grant | { readonly status: 'denied'; readonly denial: Denial };

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
 * call, degraded, with the reason that a denial would have had. Throws InvalidAmount for an estimate that is no amount.
 */
export function decide(accounts: readonly Account[], request: DecisionRequest, policy: OrganizationPolicy): Decision {
  if (!Number.isSafeInteger(request.estimateMicroUsd) || request.estimateMicroUsd < 0) {
    throw new InvalidAmount(`The estimate must be a whole number of micro-USD >= 0, not ${String(request.estimateMicroUsd)}`);
  }
  if (accounts.length === 0) return withoutBudget(request, policy);
  const failures = failuresOf([...accounts].sort(byScope), request);
  const [hard] = failures.filter(({ account }) => account.budget.mode === 'hard');
  return hard === undefined ? grant(accounts, request, failures[0]?.denial ?? null) : { status: 'denied', denial: hard.denial };
}

interface Failure {
  readonly account: Account;
  readonly denial: Denial;
}

type Check = (account: Account, request: DecisionRequest) => Denial | null;

const CHECKS: readonly Check[] = [
  costCheck(DenialCode.monthlyCost, 'monthly'),
  costCheck(DenialCode.dailyCost, 'daily'),
  executionCheck(DenialCode.monthlyExecutions, 'monthly'),
  executionCheck(DenialCode.dailyExecutions, 'daily'),
];

function failuresOf(accounts: readonly Account[], request: DecisionRequest): Failure[] {
  return CHECKS.flatMap((check) =>
    accounts.flatMap((account) => {
      const denial = check(account, request);
      return denial === null ? [] : [{ account, denial }];
    }),
  );
}

function byScope(a: Account, b: Account): number {
  const level = ({ budget }: Account) => SCOPE_LEVELS.indexOf(levelOf(budget.scope));
  const mode = ({ budget }: Account) => (budget.mode === 'hard' ? 0 : 1);
  return level(a) - level(b) || mode(a) - mode(b) || (a.budget.budgetId < b.budget.budgetId ? -1 : 1);
}

interface CostWindow {
  readonly window: Window;
  readonly limit: MicroUsd;
  /** The limit with what was carried in. */
  readonly base: MicroUsd;
  readonly used: MicroUsd;
}

function costWindow({ budget, balance }: Account, window: Window): CostWindow | null {
  const limit = window === 'monthly' ? budget.limits.monthlyMicroUsd : budget.limits.dailyMicroUsd;
  if (limit === null) return null;
  const { spentMicroUsd, heldMicroUsd } = window === 'monthly' ? balance.month : balance.day;
  const base = window === 'monthly' ? add(limit, balance.carriedInMicroUsd) : limit;
  return { window, limit, base, used: add(spentMicroUsd, heldMicroUsd) };
}

function costCheck(code: DenialCode, window: Window): Check {
  return (account, { estimateMicroUsd }) => {
    const cost = costWindow(account, window);
    // Free work passes even where nothing is left.
    if (cost === null || estimateMicroUsd === 0) return null;
    const available = subtract(cost.base, cost.used);
    if (estimateMicroUsd <= available) return null;
    const { spentMicroUsd, heldMicroUsd } = window === 'monthly' ? account.balance.month : account.balance.day;
    return {
      ...denialOf(account, code, window),
      limit: cost.base,
      spent: spentMicroUsd,
      held: heldMicroUsd,
      requested: estimateMicroUsd,
      available: clampToZero(available),
      reason: costExceeded(window, available, estimateMicroUsd),
    };
  };
}

function executionCheck(code: DenialCode, window: Window): Check {
  return (account, { executions }) => {
    const { limits } = account.budget;
    const limit = window === 'monthly' ? limits.monthlyExecutions : limits.dailyExecutions;
    const count = (window === 'monthly' ? account.balance.month : account.balance.day).executions;
    if (limit === null || executions === 0 || count < limit) return null;
    const reason = executionsExceeded(window, limit);
    return { ...denialOf(account, code, window), limit, spent: count, held: 0, requested: executions, available: 0, reason };
  };
}

function denialOf(
  { budget, balance }: Account,
  code: DenialCode,
  window: Window,
): Pick<Denial, 'code' | 'budgetId' | 'scope' | 'level' | 'resetsAt'> {
  const resetsAt = window === 'monthly' ? balance.period.end : balance.day.end;
  return { code, budgetId: budget.budgetId, scope: budget.scope, level: levelOf(budget.scope), resetsAt };
}

function grant(accounts: readonly Account[], { estimateMicroUsd, executions }: DecisionRequest, softDenial: Denial | null): Grant {
  const usages = accounts.flatMap((account) =>
    (['monthly', 'daily'] as const).flatMap((window) => {
      const cost = costWindow(account, window);
      if (cost === null) return [];
      const before = shareOf(cost.used, cost.base);
      const after = shareOf(add(cost.used, estimateMicroUsd), cost.base);
      const { warningThreshold, degradationThreshold } = account.budget;
      return [
        {
          window,
          before,
          after,
          left: subtract(cost.base, cost.used),
          warns: after >= warningThreshold,
          degrades: before >= degradationThreshold,
        },
      ];
    }),
  );
  const degraded = usages.filter(({ degrades }) => degrades).sort((a, b) => b.before - a.before)[0];
  const warned = usages.filter(({ warns }) => warns).sort((a, b) => b.after - a.after)[0];
  return {
    status: 'granted',
    reason: softDenial?.reason ?? (degraded === undefined ? WITHIN_BUDGET : DEGRADED),
    isDegraded: degraded !== undefined || softDenial !== null,
    isUnbudgeted: false,
    warningMessage:
      degraded !== undefined ? degradedWarning(degraded.before) : warned !== undefined ? budgetWarning(warned.window, warned.after) : null,
    usage: Math.max(0, ...usages.map(({ before }) => before)),
    remainingMicroUsd: leastOf(usages.map(({ left }) => clampToZero(left))),
    remainingExecutions: leastOf(accounts.flatMap((account) => executionsLeft(account, executions))),
    softDenial,
  };
}

function executionsLeft({ budget: { limits }, balance }: Account, executions: number): number[] {
  const left = (limit: number | null, count: number) => (limit === null ? [] : [Math.max(0, limit - count - executions)]);
  return [...left(limits.monthlyExecutions, balance.month.executions), ...left(limits.dailyExecutions, balance.day.executions)];
}

/** Used up is 1, also where there was nothing to use. */
function shareOf(used: MicroUsd, base: MicroUsd): number {
  return base === 0 ? 1 : used / base;
}

function leastOf<Amount extends number>(amounts: readonly Amount[]): Amount | null {
  return amounts.reduce<Amount | null>((least, amount) => (least === null || amount < least ? amount : least), null);
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
    return { status: 'denied', denial };
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
