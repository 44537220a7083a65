import type { BudgetReference } from '../../contract/payloads/reset';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  select organization_id, budget_id from (
    select h.organization_id, h.budget_id from happenings h
    left join alert_senders s using (organization_id, budget_id)
    where h.alert_id is null and (s.budget_id is null or s.lease_until <= $1 or s.cools_until <= $1)
    union
    select a.organization_id, a.budget_id from alerts a
    left join alert_senders s using (organization_id, budget_id)
    where not a.is_finished and (s.budget_id is null or s.lease_until <= $1)) waiting
  where $2::text is null or (organization_id collate "C", budget_id collate "C") > ($2, $3::text)
  order by organization_id collate "C", budget_id collate "C" limit $4`;

export async function loadBudgetsToAlert(
  db: Queryable,
  at: number,
  after: BudgetReference | null,
  most: number,
): Promise<BudgetReference[]> {
  const values = [at, after?.organizationId ?? null, after?.budgetId ?? null, most];
  const rows = await rowsOf<{ organization_id: string; budget_id: string }>(db, SQL, values);
  return rows.map((row) => ({ organizationId: row.organization_id, budgetId: row.budget_id }));
}
