import { budgetStatusPayload, type BudgetStatusPayload } from '../contract/payloads/budget-status';
import { statementPayload, type StatementPayload } from '../contract/payloads/statement';
import { weekContaining } from '../domain/period';
import { statementsOf } from '../domain/statement';
import { statusOf } from '../domain/status';
import type { BudgetStore } from './budget-store';

type Reading = Pick<BudgetStore, 'budget' | 'balances' | 'chargedIn'>;

/** What there is to know of a budget at `at` (epoch milliseconds), in USD; null where there is none of this id. */
export async function budgetStatus(
  store: Reading,
  organizationId: string,
  budgetId: string,
  at: number,
): Promise<BudgetStatusPayload | null> {
  const budget = await store.budget(organizationId, budgetId);
  if (budget === undefined) return null;
  const week = weekContaining(at, budget.timeZone);
  const [balances, chargedMicroUsd] = await Promise.all([
    allBalances(store, organizationId, budgetId),
    store.chargedIn(organizationId, budgetId, week),
  ]);
  return budgetStatusPayload(statusOf(budget, balances, at), { ...week, chargedMicroUsd }, at);
}

/** A budget's closed periods, the oldest first; also of one that was removed. */
export async function statements(
  store: Pick<BudgetStore, 'balances'>,
  organizationId: string,
  budgetId: string,
): Promise<readonly StatementPayload[]> {
  return statementsOf(await allBalances(store, organizationId, budgetId)).map(statementPayload);
}

function allBalances(store: Pick<BudgetStore, 'balances'>, organizationId: string, budgetId: string) {
  return store.balances(organizationId, budgetId, Number.MIN_SAFE_INTEGER);
}
