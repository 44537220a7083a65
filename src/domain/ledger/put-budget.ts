import type { Balance } from '../balance';
import { UNLIMITED, type Budget } from '../budget';
import { canonical } from '../canonical';
import { DomainError, DomainErrorCode } from '../errors';
import { maxOf } from '../money';
import { raiseAt, raisedAt } from '../raise';
import { accountIn } from './account';
import { openMissing } from './open-missing';
import type { PutBudget, RemoveBudget } from './operation';
import type { Draft } from './rows';

/**
 * Makes or changes a budget. What it has spent and holds stays; limits and raises count from the next reserve on, a zone or
 * anchor day from the end of the running period. Returns the budget as it is kept: with the raise's end, without an ended one. Throws
 * BudgetChanged where it is no longer what it is to replace.
 */
export function putBudget(draft: Draft, { budget, replaces, at }: PutBudget): Budget {
  const existing = draft.budget(budget.budgetId);
  assertUnchanged(budget.budgetId, existing, replaces);
  const running = runningRow(draft, existing, budget, at);
  const raise = raiseAt(budget, at);
  const kept: Budget = { ...budget, raise: raise && { ...raise, until: raise.until ?? running.period.end } };
  draft.putBalance({ ...running, raisedMicroUsd: maxOf(running.raisedMicroUsd, raisedAt(kept, at)) });
  // Also in a later row, made by somebody whose clock is ahead: from here on this limit counts in it. The last one first, since
  // a row corrects what the next one was handed.
  for (const row of [...draft.balances(budget.budgetId, at)].reverse()) {
    if (row.period.end > at) draft.putBalance({ ...row, limitMicroUsd: kept.limits.monthlyMicroUsd });
  }
  draft.putBudget(kept);
  return kept;
}

/** Removes a budget: it limits no call any more. Its rows stay, are closed when they end, and go on if it is made again in time. Throws as putBudget. */
export function removeBudget(draft: Draft, { budgetId, seen, at }: RemoveBudget): { readonly isRemoved: boolean } {
  const existing = draft.budget(budgetId);
  if (existing === undefined) return { isRemoved: false };
  assertUnchanged(budgetId, existing, seen);
  draft.putBalance(touched(draft, existing, at));
  draft.removeBudget(budgetId);
  return { isRemoved: true };
}

function assertUnchanged(budgetId: string, existing: Budget | undefined, replaces: Budget | null | undefined): void {
  if (replaces === undefined || canonical(existing ?? null) === canonical(replaces)) return;
  throw new DomainError(DomainErrorCode.budgetChanged, `Budget ${budgetId} was changed by somebody else meanwhile: read it again`);
}

function runningRow(draft: Draft, existing: Budget | undefined, budget: Budget, at: number): Balance {
  if (existing !== undefined) return touched(draft, existing, at);
  // A budget that was not there limited nothing, and has left nothing unused.
  return touched(draft, { ...budget, limits: UNLIMITED, rolloverPercent: 0, raise: null }, at);
}

// Touched before the change: what the old limit allowed until now decides what the running month was handed. So are the months that
// nobody touched: made after the change, they would say of themselves what counts only now.
function touched(draft: Draft, budget: Budget, at: number): Balance {
  openMissing(draft, budget, at);
  return accountIn(draft, budget, at).balance;
}
