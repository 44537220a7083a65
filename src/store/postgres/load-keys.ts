import type { ApiKey, KeyReference } from '../../domain/api-key';
import type { KeyCursor, StoredKey } from '../key-store';
import { rowsOf, type Queryable } from './connection';
import { keyOf, type KeyRow } from './key-row';

// `= $1` finds no null, and `is not distinct from` uses no index.
const OF_ORGANIZATION = 'select * from api_keys where (organization_id = $1 or ($1::text is null and organization_id is null))';

export async function loadKeyByHash(db: Queryable, hash: string): Promise<StoredKey | undefined> {
  const [row] = await rowsOf<KeyRow>(db, 'select * from api_keys where hash = $1', [hash]);
  return row && { key: keyOf(row), hash: row.hash };
}

export async function loadKey(db: Queryable, { organizationId, keyId }: KeyReference): Promise<ApiKey | undefined> {
  const [row] = await rowsOf<KeyRow>(db, `${OF_ORGANIZATION} and key_id = $2`, [organizationId, keyId]);
  return row && keyOf(row);
}

/** The same, and nobody else changes it before this transaction ends. */
export async function lockKey(db: Queryable, { organizationId, keyId }: KeyReference): Promise<ApiKey | undefined> {
  const [row] = await rowsOf<KeyRow>(db, `${OF_ORGANIZATION} and key_id = $2 for no key update`, [organizationId, keyId]);
  return row && keyOf(row);
}

/** A page of an organization's keys (null: the operator's), the newest first. */
export async function loadKeys(db: Queryable, organizationId: string | null, after: KeyCursor | null, most: number): Promise<ApiKey[]> {
  const sql = `${OF_ORGANIZATION} and ($2::bigint is null or (created_at, key_id) < ($2, $3)) order by created_at desc, key_id desc limit $4`;
  return (await rowsOf<KeyRow>(db, sql, [organizationId, after?.createdAt ?? null, after?.keyId ?? null, most])).map(keyOf);
}
