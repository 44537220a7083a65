import type { Balance } from '../../domain/balance';
import { balanceOf, type BalanceRow } from './balance-row';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  select b.* from unnest($2::text[], $3::bigint[]) as wanted (budget_id, since)
  join balances b on b.organization_id = $1 and b.budget_id = wanted.budget_id
    and b.period_start >= coalesce(
      (select max(c.period_start) from balances c
       where c.organization_id = $1 and c.budget_id = wanted.budget_id and c.period_start <= wanted.since),
      wanted.since)
  order by b.budget_id, b.period_start`;

/** For each budget, its rows from the one that contains an instant (or else the last before it) on. */
export async function loadBalances(
  db: Queryable,
  organizationId: string,
  since: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, readonly Balance[]>> {
  const rows = await rowsOf<BalanceRow>(db, SQL, [organizationId, [...since.keys()], [...since.values()]]);
  const found = new Map<string, Balance[]>([...since.keys()].map((budgetId) => [budgetId, []]));
  for (const row of rows) found.get(row.budget_id)?.push(balanceOf(row));
  return found;
}
