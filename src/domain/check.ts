import type { EnforcementMode } from './budget';
import { costLimitOf, countersOf, executionLimitOf, WINDOWS } from './cost-limit';
import type { Account, DecisionRequest, Denial } from './decision';
import { costExceeded, executionsExceeded, type Window } from './messages';
import { clampToZero } from './money';
import { levelOf, SCOPE_LEVELS } from './scope';

/** A limit that a call does not fit into. */
export interface Failure {
  readonly mode: EnforcementMode;
  readonly denial: Denial;
}

type Check = (account: Account, request: DecisionRequest) => Denial | null;

const CHECKS: readonly Check[] = [...WINDOWS.map(costCheck), ...WINDOWS.map(executionCheck)];

/** Every limit that the call does not fit into, in the order in which they answer: by check, scope, budget id. */
export function failuresOf(accounts: readonly Account[], request: DecisionRequest): Failure[] {
  // Nearly every call fits: only what fails is put in order.
  const failing = accounts.filter((account) => CHECKS.some((check) => check(account, request) !== null)).sort(byScope);
  const failures: Failure[] = [];
  for (const check of failing.length === 0 ? [] : CHECKS) {
    for (const account of failing) {
      const denial = check(account, request);
      if (denial !== null) failures.push({ mode: account.budget.mode, denial });
    }
  }
  return failures;
}

function byScope(a: Account, b: Account): number {
  const level = ({ budget }: Account) => SCOPE_LEVELS.indexOf(levelOf(budget.scope));
  return level(a) - level(b) || (a.budget.budgetId < b.budget.budgetId ? -1 : 1);
}

function costCheck(window: Window): Check {
  return (account, { estimateMicroUsd }) => {
    const limit = costLimitOf(account, window);
    // Free work passes even where nothing is left.
    if (limit === null || estimateMicroUsd === 0 || estimateMicroUsd <= limit.availableMicroUsd) return null;
    const { spentMicroUsd, heldMicroUsd } = countersOf(account, window);
    return {
      code: `${window}_cost`,
      ...whereOf(account, window),
      limit: limit.baseMicroUsd,
      spent: spentMicroUsd,
      held: heldMicroUsd,
      requested: estimateMicroUsd,
      available: clampToZero(limit.availableMicroUsd),
      reason: costExceeded(window, limit.availableMicroUsd, estimateMicroUsd),
    };
  };
}

function executionCheck(window: Window): Check {
  return (account, { executions }) => {
    const limit = executionLimitOf(account, window);
    const count = countersOf(account, window).executions;
    // A top-up is no new execution.
    if (limit === null || executions === 0 || count < limit) return null;
    return {
      code: `${window}_executions`,
      ...whereOf(account, window),
      limit,
      spent: count,
      held: 0,
      requested: executions,
      available: 0,
      reason: executionsExceeded(window, limit),
    };
  };
}

function whereOf({ budget, balance }: Account, window: Window): Pick<Denial, 'budgetId' | 'scope' | 'level' | 'resetsAt'> {
  const resetsAt = window === 'monthly' ? balance.period.end : balance.day.end;
  return { budgetId: budget.budgetId, scope: budget.scope, level: levelOf(budget.scope), resetsAt };
}
