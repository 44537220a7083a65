import { TOUCHED_EVERY_MS } from '../key-store';
import { rowsOf, type Queryable } from './connection';

// Asked again here: of all who found it due at once, one writes.
const SQL = 'update api_keys set last_used_at = $2 where key_id = $1 and (last_used_at is null or last_used_at <= $2 - $3::bigint)';

export async function touchKey(db: Queryable, keyId: string, at: number): Promise<void> {
  await rowsOf(db, SQL, [keyId, at, TOUCHED_EVERY_MS]);
}
