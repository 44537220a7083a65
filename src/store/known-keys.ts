import { isTouchDue, type KeyStore, type StoredKey } from './key-store';

/**
 * For how long a process believes what it was told of a key, in ms: so much later than its end is a key refused at the latest in
 * processes that did not end it. A busy key then costs 20 look-ups a second, not one a request; more would save nothing.
 */
export const KEY_KNOWN_MS = 50;

/** More keys than are ever asked for in that time: those that were asked for first are asked for again. */
const MOST_KEYS = 1_000;

interface Known {
  readonly stored: StoredKey;
  /** When the store was asked, not when it answered: what changed since then may be missing. */
  readonly askedAt: number;
}

interface Asking {
  readonly answer: Promise<StoredKey | undefined>;
  readonly askedAt: number;
}

type Keys = Pick<KeyStore, 'keyByHash' | 'touchKey' | 'revokeKey' | 'replaceKey'>;

/**
 * The store, asked for the same token at most every KEY_KNOWN_MS. What is ended through it is refused at once. Only what there is is
 * known: a guess is looked up, and nothing of it kept. `clock` is in ms, and never set back.
 */
export function withKnownKeys<Store extends Keys>(store: Store, clock: () => number = () => performance.now()): Store {
  const known = new Map<string, Known>();
  const asking = new Map<string, Asking>();
  const isFresh = (askedAt: number) => clock() - askedAt < KEY_KNOWN_MS;

  function ask(hash: string): Promise<StoredKey | undefined> {
    const asked: Asking = { answer: store.keyByHash(hash), askedAt: clock() };
    asking.set(hash, asked);
    const keep = (stored?: StoredKey) => {
      // Else keys were ended meanwhile, and this one may be among them; or it took so long that another was begun.
      if (asking.get(hash) !== asked) return;
      asking.delete(hash);
      known.delete(hash);
      if (stored !== undefined) known.set(hash, { stored, askedAt: asked.askedAt });
      const [oldest] = known.keys();
      if (known.size > MOST_KEYS && oldest !== undefined) known.delete(oldest);
    };
    asked.answer.then(keep, () => {
      keep();
    });
    return asked.answer;
  }

  function forget(): void {
    known.clear();
    asking.clear();
  }

  return {
    ...store,
    keyByHash: async (hash) => {
      const found = known.get(hash);
      if (found !== undefined && isFresh(found.askedAt)) return found.stored;
      const asked = asking.get(hash);
      return asked !== undefined && isFresh(asked.askedAt) ? asked.answer : ask(hash);
    },
    touchKey: async (keyId, at) => {
      const found = [...known].find(([, { stored }]) => stored.key.keyId === keyId);
      if (found !== undefined) {
        const [hash, { stored, askedAt }] = found;
        // Of those who found it due at once, one notes it.
        if (!isTouchDue(stored.key, at)) return;
        known.set(hash, { stored: { ...stored, key: { ...stored.key, lastUsedAt: at } }, askedAt });
      }
      try {
        await store.touchKey(keyId, at);
      } catch (error) {
        forget();
        throw error;
      }
    },
    revokeKey: (reference, at) => store.revokeKey(reference, at).finally(forget),
    replaceKey: (reference, fresh, at, graceMs) => store.replaceKey(reference, fresh, at, graceMs).finally(forget),
  };
}
