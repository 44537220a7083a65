import { rowsOf, type Queryable } from './connection';

const SQL = `
  select organization_id from organizations o
  where exists (
    select from holds h
    where h.organization_id = o.organization_id and h.expires_at > o.swept_through and h.expires_at <= $1 and h.state = 'held'
  )
  order by organization_id`;

/** The organizations with a hold that should have ended by `at`. */
export async function loadOverdueOrganizations(db: Queryable, at: number): Promise<string[]> {
  const rows = await rowsOf<{ organization_id: string }>(db, SQL, [at]);
  return rows.map((row) => row.organization_id);
}
