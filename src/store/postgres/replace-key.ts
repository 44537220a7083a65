import type { Pool } from 'pg';
import { replacement, type ApiKey, type KeyReference } from '../../domain/api-key';
import type { FreshToken } from '../key-store';
import { inTransaction, rowsOf } from './connection';
import { lockKey } from './load-keys';
import { putKey } from './put-key';

const END = 'update api_keys set expires_at = $2, revoked_at = $3, replaced_by = $4 where key_id = $1';

/** One transaction: of two that rotate a key, or of one that rotates it while another revokes it, the later sees what the other did. */
export function replaceKey(
  pool: Pool,
  reference: KeyReference,
  fresh: FreshToken,
  at: number,
  graceMs: number,
): Promise<ApiKey | undefined> {
  return inTransaction(pool, async (db) => {
    const key = await lockKey(db, reference);
    if (key === undefined) return undefined;
    const { successor, replaced } = replacement(key, fresh.keyId, at, graceMs);
    await putKey(db, { key: successor, hash: fresh.hash });
    await rowsOf(db, END, [replaced.keyId, replaced.expiresAt, replaced.revokedAt, replaced.replacedBy]);
    return successor;
  });
}
