import type { BudgetReference } from '../../contract/payloads/reset';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  select organization_id, budget_id from balances
  where time_zone collate "C" = $1 and closed_at is null and period_end <= $2
    and (organization_id collate "C", budget_id collate "C") > ($3, $4)
  group by organization_id, budget_id
  order by organization_id collate "C", budget_id collate "C"
  limit $5`;

/** A page of the budgets that a closing at `at` has work in, the first one after `after`. */
export async function loadClosableBudgets(
  db: Queryable,
  timeZone: string,
  at: number,
  after: BudgetReference | null,
  most: number,
): Promise<BudgetReference[]> {
  const values = [timeZone, at, after?.organizationId ?? '', after?.budgetId ?? '', most];
  const rows = await rowsOf<{ organization_id: string; budget_id: string }>(db, SQL, values);
  return rows.map((row) => ({ organizationId: row.organization_id, budgetId: row.budget_id }));
}
