import { keyTaken, type StoredKey } from '../key-store';
import { rowsOf, type Queryable } from './connection';

// Put again, as after a lost answer, it finds itself.
const SQL = `
  with put as (
    insert into api_keys (key_id, hash, organization_id, role, name, team_id, user_id, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict do nothing returning key_id)
  select key_id from put union all select key_id from api_keys where key_id = $1 and hash = $2`;

/** Keeps a new key. Throws KeyConflict where its id or hash is another's. */
export async function putKey(db: Queryable, { key, hash }: StoredKey): Promise<void> {
  const { keyId, organizationId, role, name, teamId, userId, createdAt, expiresAt } = key;
  const kept = await rowsOf(db, SQL, [keyId, hash, organizationId, role, name, teamId, userId, createdAt, expiresAt]);
  if (kept.length === 0) throw keyTaken(keyId);
}
