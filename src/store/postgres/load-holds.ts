import type { Hold } from '../../domain/ledger';
import { rowsOf, type Queryable } from './connection';
import { holdOf, type HoldRow } from './hold-row';

export async function loadHolds(db: Queryable, organizationId: string, keys: readonly string[]): Promise<Hold[]> {
  const rows = await rowsOf<HoldRow>(db, 'select * from holds where organization_id = $1 and key = any($2)', [organizationId, keys]);
  return rows.map(holdOf);
}
