import type { Budget, Limits, TemporaryRaise } from './budget';
import { add, ZERO, type MicroUsd } from './money';

/** The raise that is in force at `at`, if any. */
export function raiseAt({ raise }: Pick<Budget, 'raise'>, at: number): TemporaryRaise | null {
  return raise !== null && (raise.until === null || at < raise.until) ? raise : null;
}

/** What the raise in force at `at` adds to the monthly limit. */
export function raisedAt(budget: Pick<Budget, 'raise' | 'limits'>, at: number): MicroUsd {
  return budget.limits.monthlyMicroUsd === null ? ZERO : (raiseAt(budget, at)?.monthlyMicroUsd ?? ZERO);
}

/** The budget with the limits that count at `at`. Unlimited stays unlimited. */
export function inForce(budget: Budget, at: number): Budget {
  const raise = raiseAt(budget, at);
  if (raise === null) return budget;
  const { limits } = budget;
  const raised: Limits = {
    monthlyMicroUsd: costLimit(limits.monthlyMicroUsd, raise.monthlyMicroUsd),
    dailyMicroUsd: costLimit(limits.dailyMicroUsd, raise.dailyMicroUsd),
    monthlyExecutions: executionLimit(limits.monthlyExecutions, raise.monthlyExecutions),
    dailyExecutions: executionLimit(limits.dailyExecutions, raise.dailyExecutions),
  };
  return { ...budget, limits: raised };
}

function costLimit(limit: MicroUsd | null, by: MicroUsd): MicroUsd | null {
  return limit === null ? null : add(limit, by);
}

function executionLimit(limit: number | null, by: number): number | null {
  return limit === null ? null : limit + by;
}
