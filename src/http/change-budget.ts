import type { Budget } from '../domain/budget';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { patched } from './budget-mapping';
import type { ApiDeps } from './deps';
import type { BudgetPatch } from './schemas/budgets';

/** What a patch is laid over; null where it makes the budget. */
export interface Found {
  readonly budget: Budget;
  readonly replaces: Budget | null;
}

const MOST_TRIES = 10;

/** Changes a budget as it is now: of patches at the same time, none undoes another. */
export async function changeBudget(
  { store, now }: Pick<ApiDeps, 'store' | 'now'>,
  patch: BudgetPatch,
  find: () => Promise<Found>,
): Promise<Budget> {
  for (let tries = 1; ; tries += 1) {
    const { budget, replaces } = await find();
    try {
      return await store.putBudget(patched(budget, patch), now(), replaces);
    } catch (error) {
      const isChanged = error instanceof DomainError && error.code === DomainErrorCode.budgetChanged;
      if (!isChanged || tries === MOST_TRIES) throw error;
    }
  }
}
