import type { Counters } from './balance';
import type { Account } from './decision';
import type { Window } from './messages';
import { add, subtract, type MicroUsd } from './money';

export const WINDOWS = ['monthly', 'daily'] as const satisfies readonly Window[];

/** A limit on cost as it stands: what it allows with what was carried in, and what of that is used. */
export interface CostLimit {
  readonly baseMicroUsd: MicroUsd;
  readonly usedMicroUsd: MicroUsd;
  /** Below 0 where the budget is overdrawn. */
  readonly availableMicroUsd: MicroUsd;
}

/** The account's limit on cost in a window; null is unlimited. Only the month carries over. */
export function costLimitOf(account: Account, window: Window): CostLimit | null {
  const { monthlyMicroUsd, dailyMicroUsd } = account.budget.limits;
  const limit = window === 'monthly' ? monthlyMicroUsd : dailyMicroUsd;
  if (limit === null) return null;
  const { spentMicroUsd, heldMicroUsd } = countersOf(account, window);
  const baseMicroUsd = window === 'monthly' ? add(limit, account.balance.carriedInMicroUsd) : limit;
  const usedMicroUsd = add(spentMicroUsd, heldMicroUsd);
  return { baseMicroUsd, usedMicroUsd, availableMicroUsd: subtract(baseMicroUsd, usedMicroUsd) };
}

export function executionLimitOf({ budget: { limits } }: Account, window: Window): number | null {
  return window === 'monthly' ? limits.monthlyExecutions : limits.dailyExecutions;
}

export function countersOf({ balance }: Account, window: Window): Counters {
  return window === 'monthly' ? balance.month : balance.day;
}

/** The share of a limit that is used: 1 is used up, also where there was nothing to use. */
export function shareOf(used: number, base: number): number {
  return base === 0 ? 1 : used / base;
}
