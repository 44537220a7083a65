import type { Hold } from '../../domain/ledger';
import { rowsOf, type Queryable } from './connection';
import { holdOf, type HoldRow } from './hold-row';

const SQL = `
  select * from holds
  where organization_id = $1 and expires_at > $2 and expires_at <= $3 and state = 'held'
  order by expires_at, key collate "C"
  limit $4`;

/** Holds that should have ended by `at`, at most `most` of them (null: all). The index knows no state, so the search starts where the last sweep ended. */
export async function loadOverdue(
  db: Queryable,
  organizationId: string,
  clearThrough: number,
  at: number,
  most: number | null,
): Promise<Hold[]> {
  return (await rowsOf<HoldRow>(db, SQL, [organizationId, clearThrough, at, most])).map(holdOf);
}
