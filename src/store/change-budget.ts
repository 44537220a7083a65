import type { Budget } from '../domain/budget';
import { DomainError, DomainErrorCode } from '../domain/errors';
import type { BudgetStore } from './budget-store';

export interface Proposal {
  readonly budget: Budget;
  /** What it was made from; null: nothing was there. */
  readonly replaces: Budget | null;
}

/** Of as many at once, the last one comes through: each time they meet, one of them does. */
const MOST_TRIES = 100;

/**
 * Changes a budget as it is now: of changes at the same time, none undoes another. `propose` is asked again when somebody else was faster.
 * Rejects with BudgetChanged when others always are.
 */
export function changeBudget(store: Pick<BudgetStore, 'putBudget'>, now: () => number, propose: () => Promise<Proposal>): Promise<Budget> {
  return whileUnchanged(async () => {
    const { budget, replaces } = await propose();
    return store.putBudget(budget, now(), replaces);
  });
}

/** Does again what was made from a budget that somebody else has changed meanwhile. */
export async function whileUnchanged<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isChanged = error instanceof DomainError && error.code === DomainErrorCode.budgetChanged;
      if (!isChanged || tries === MOST_TRIES) throw error;
    }
  }
}
