import { toUsd } from '../domain/money';
import type { BudgetStore } from '../store/budget-store';
import { accountAt } from '../domain/ledger/account';
import type { BalanceLine } from './printer';

/** Every budget of an organization with what is spent and held at `at`. */
export async function balancesOf(store: BudgetStore, organizationId: string, at: number): Promise<BalanceLine[]> {
  const budgets = await store.budgets(organizationId);
  return Promise.all(
    budgets.map(async (budget) => {
      const stored = await store.balances(organizationId, budget.budgetId, at);
      const { balance } = accountAt({ balances: () => stored }, budget, at);
      const { monthlyMicroUsd } = budget.limits;
      return {
        budgetId: budget.budgetId,
        limitUsd: monthlyMicroUsd === null ? null : toUsd(monthlyMicroUsd),
        spentUsd: toUsd(balance.month.spentMicroUsd),
        heldUsd: toUsd(balance.month.heldMicroUsd),
        resetsAt: new Date(balance.period.end).toISOString(),
      };
    }),
  );
}
