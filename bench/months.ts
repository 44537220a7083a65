import { Client } from 'pg';
import { BUDGET_DEFAULTS, UNLIMITED } from '../src/domain/budget';
import { monthContaining } from '../src/domain/period';
import type { BudgetStore } from '../src/store/budget-store';

/** Makes `organizations` times `each` budgets at `at`, an organization at a time. */
export async function putBudgets(store: BudgetStore, organizations: number, each: number, at: number): Promise<void> {
  for (let organization = 0; organization < organizations; organization += 1) {
    const scope = { organizationId: `organization-${String(organization)}`, teamId: null, userId: null, agentId: null };
    const puts = Array.from({ length: each }, (_, n) => ({
      kind: 'putBudget' as const,
      budget: { ...BUDGET_DEFAULTS, budgetId: `budget-${String(n)}`, scope, limits: UNLIMITED },
      at,
    }));
    await store.applyBatch(scope.organizationId, puts);
  }
}

/**
 * Lets a month pass on servers whose clock cannot skip: the balances are moved into the past by the length of this month (UTC). By
 * way of negative keys, since one row would meet the key that another one is about to leave; all statements are one transaction.
 */
export async function letMonthPass(databaseUrl: string): Promise<void> {
  const { start, end } = monthContaining(Date.now(), 'UTC', 1);
  const by = String(end - start);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `update balances set period_start = ${by} - period_start, period_end = period_end - ${by},
       day_start = day_start - ${by}, day_end = day_end - ${by}, closed_at = closed_at - ${by};
     update balances set period_start = -period_start;
     -- What processes remember of these ledgers is no longer so.
     update organizations set version = version + 1`,
  );
  await client.query('vacuum analyze balances');
  await client.end();
}
