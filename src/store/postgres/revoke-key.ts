import type { ApiKey, KeyReference } from '../../domain/api-key';
import { rowsOf, type Queryable } from './connection';
import { keyOf, type KeyRow } from './key-row';

const SQL = `
  update api_keys set revoked_at = coalesce(revoked_at, $3)
  where key_id = $2 and organization_id is not distinct from $1
  returning *`;

export async function revokeKey(db: Queryable, { organizationId, keyId }: KeyReference, at: number): Promise<ApiKey | undefined> {
  const [row] = await rowsOf<KeyRow>(db, SQL, [organizationId, keyId, at]);
  return row && keyOf(row);
}
