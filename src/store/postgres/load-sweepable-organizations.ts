import { rowsOf, type Queryable } from './connection';

const SQL = `
  select organization_id from organizations o
  where exists (
    select from holds h
    where h.organization_id = o.organization_id and h.expires_at > o.clear_through and h.expires_at <= $1
  )
  order by organization_id`;

/**
 * The organizations with a hold, settled or not, whose time ended between their last sweep and `at`. Settled ones count too:
 * the sweep moves the mark past them, and without it each look-out for overdue holds would read all that were ever settled.
 */
export async function loadSweepableOrganizations(db: Queryable, at: number): Promise<string[]> {
  const rows = await rowsOf<{ organization_id: string }>(db, SQL, [at]);
  return rows.map((row) => row.organization_id);
}
