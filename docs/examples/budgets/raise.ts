import { fromUsd, type Budget, type BudgetStore } from 'agent-budget';

/** Half of the limit more, until the running month ends. */
export async function allowMore(store: BudgetStore, budget: Budget): Promise<void> {
  const raise = { monthlyMicroUsd: fromUsd(50), dailyMicroUsd: fromUsd(0), monthlyExecutions: 0, dailyExecutions: 0, until: null };
  await store.putBudget({ ...budget, raise }, Date.now());
}
