import { replacement, type KeyReference } from '../../domain/api-key';
import { isTouchDue, keyTaken, type KeyCursor, type KeyStore, type StoredKey } from '../key-store';

export function memoryKeys(): KeyStore {
  const byId = new Map<string, StoredKey>();

  function find({ organizationId, keyId }: KeyReference): StoredKey | undefined {
    const stored = byId.get(keyId);
    return stored?.key.organizationId === organizationId ? stored : undefined;
  }

  function insert(stored: StoredKey): void {
    const { keyId } = stored.key;
    const known = [...byId.values()].find(({ key, hash }) => key.keyId === keyId || hash === stored.hash);
    if (known === undefined) byId.set(keyId, stored);
    else if (known.key.keyId !== keyId || known.hash !== stored.hash) throw keyTaken(keyId);
  }

  // What may be refused waits first, so that it rejects. None waits between reading and writing, so that no two interleave.
  return {
    putKey: async (stored) => {
      await Promise.resolve();
      insert(stored);
    },
    keyByHash: (hash) => Promise.resolve([...byId.values()].find((stored) => stored.hash === hash)),
    key: (reference) => Promise.resolve(find(reference)?.key),
    keys: (organizationId, after, most) => {
      const own = [...byId.values()].map(({ key }) => key).filter((key) => key.organizationId === organizationId);
      const older = own.filter((key) => after === null || newestFirst(key, after) > 0);
      return Promise.resolve(older.sort(newestFirst).slice(0, most));
    },
    replaceKey: async (reference, { keyId, hash }, at, graceMs) => {
      await Promise.resolve();
      const stored = find(reference);
      if (stored === undefined) return undefined;
      const { successor, replaced } = replacement(stored.key, keyId, at, graceMs);
      insert({ key: successor, hash });
      byId.set(replaced.keyId, { ...stored, key: replaced });
      return successor;
    },
    revokeKey: (reference, at) => {
      const stored = find(reference);
      if (stored === undefined) return Promise.resolve(undefined);
      const revoked = { ...stored.key, revokedAt: stored.key.revokedAt ?? at };
      byId.set(revoked.keyId, { ...stored, key: revoked });
      return Promise.resolve(revoked);
    },
    touchKey: (keyId, at) => {
      const stored = byId.get(keyId);
      if (stored !== undefined && isTouchDue(stored.key, at)) byId.set(keyId, { ...stored, key: { ...stored.key, lastUsedAt: at } });
      return Promise.resolve();
    },
  };
}

function newestFirst(a: KeyCursor, b: KeyCursor): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  return a.keyId === b.keyId ? 0 : a.keyId < b.keyId ? 1 : -1;
}
