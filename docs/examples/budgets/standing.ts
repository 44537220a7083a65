import { budgetStatus, statements, type BudgetStore } from 'agent-budget';

/** How a budget stands, and how its months ended. */
export async function tellAll(store: BudgetStore, console: Pick<Console, 'log'>): Promise<void> {
  const status = await budgetStatus(store, 'acme', 'acme-monthly', Date.now());
  console.log(status?.month.spentUsd, 'of', status?.month.limitUsd, 'until', status?.month.resetsAt, 'forecast', status?.forecastUsd);

  for (const { periodStart, spentUsd, carriedOutUsd, lateUsd } of await statements(store, 'acme', 'acme-monthly')) {
    console.log(periodStart, spentUsd, carriedOutUsd, lateUsd); // late: charged after the period had ended
  }
}
