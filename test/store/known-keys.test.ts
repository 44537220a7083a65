import { newToken } from '../../src/contract/key-token';
import type { StoredKey } from '../../src/store/key-store';
import { authenticate, revokeKey, rotateKey } from '../../src/store/keys';
import { KEY_KNOWN_MS, withKnownKeys } from '../../src/store/known-keys';
import { issue } from './key-support';
import { MINUTE, NOON, onEveryStore } from './support';

onEveryStore('Keys that a process knows', (ledger) => {
  let clock = 0;
  let lookups = 0;
  let touches = 0;
  /** Ends the look-up that is under way: for those that take longer than what happens meanwhile. */
  let slow: Promise<unknown>;
  const process = () => {
    const { store } = ledger();
    const counted = {
      ...store,
      keyByHash: async (hash: string): Promise<StoredKey | undefined> => {
        lookups += 1;
        const found = await store.keyByHash(hash);
        await slow;
        return found;
      },
      touchKey: (keyId: string, at: number) => {
        touches += 1;
        return store.touchKey(keyId, at);
      },
    };
    return withKnownKeys(counted, () => clock);
  };
  beforeEach(() => {
    [clock, lookups, touches, slow] = [0, 0, 0, Promise.resolve()];
  });

  test('a busy key is looked up once in a while, and noted once a minute', async () => {
    const { token, key } = await issue(ledger());
    const here = process();
    const ask = (at: number) => authenticate(here, token, at);
    expect(await Promise.all([ask(NOON), ask(NOON), ask(NOON)])).toMatchObject([{ keyId: key.keyId }, {}, {}]);
    expect({ lookups, touches }).toEqual({ lookups: 1, touches: 1 });
    clock = KEY_KNOWN_MS - 1;
    expect(await ask(NOON + 1)).toEqual({ ...key, lastUsedAt: NOON });
    expect({ lookups, touches }).toEqual({ lookups: 1, touches: 1 });
    clock = KEY_KNOWN_MS;
    await ask(NOON + MINUTE);
    expect({ lookups, touches }).toEqual({ lookups: 2, touches: 2 });
    expect(await ledger().store.key(key)).toMatchObject({ lastUsedAt: NOON + MINUTE });
  });

  test.each(['revoked', 'rotated'])('a key that is %s is refused here at once, and elsewhere when it is asked for again', async (end) => {
    const { token, key } = await issue(ledger());
    const [here, elsewhere] = [process(), process()];
    expect(await Promise.all([here, elsewhere].map((store) => authenticate(store, token, NOON)))).toMatchObject([{}, {}]);
    if (end === 'revoked') await revokeKey(here, key, NOON);
    else await rotateKey(here, key, NOON, 0);
    expect(await authenticate(here, token, NOON)).toBeNull();
    clock = KEY_KNOWN_MS - 1;
    expect(await authenticate(elsewhere, token, NOON)).not.toBeNull();
    clock = KEY_KNOWN_MS;
    expect(await authenticate(elsewhere, token, NOON)).toBeNull();
  });

  test('a look-up that was under way when its key was ended lets nobody else in', async () => {
    const { token, key } = await issue(ledger());
    const here = process();
    let answer: (() => void) | undefined;
    slow = new Promise<void>((resolve) => (answer = resolve));
    const before = authenticate(here, token, NOON);
    await new Promise(setImmediate);
    await revokeKey(here, key, NOON);
    slow = Promise.resolve();
    expect(await authenticate(here, token, NOON)).toBeNull();
    answer?.();
    await before;
    expect(await authenticate(here, token, NOON)).toBeNull();
  });

  test('a look-up that takes long is not waited for by those who come much later, nor believed for longer', async () => {
    const { token, key } = await issue(ledger());
    const here = process();
    let answer: (() => void) | undefined;
    slow = new Promise<void>((resolve) => (answer = resolve));
    const first = authenticate(here, token, NOON);
    await new Promise(setImmediate);
    await revokeKey(ledger().store, key, NOON);
    clock = KEY_KNOWN_MS;
    slow = Promise.resolve();
    expect(await authenticate(here, token, NOON)).toBeNull();
    answer?.();
    await first;
    expect(await authenticate(here, token, NOON)).toBeNull();
  });

  test('an expired key is refused at its instant, however well it is known', async () => {
    const { token } = await issue(ledger(), { expiresAt: NOON + 1 });
    const here = process();
    expect(await authenticate(here, token, NOON)).not.toBeNull();
    expect(await authenticate(here, token, NOON + 1)).toBeNull();
    expect(lookups).toBe(1);
  });

  test('nothing is kept of what failed, nor of a token that nobody has', async () => {
    const { token } = await issue(ledger());
    const here = process();
    slow = Promise.reject(new Error('away'));
    await expect(authenticate(here, token, NOON)).rejects.toThrow('away');
    slow = Promise.resolve();
    expect(await authenticate(here, token, NOON)).not.toBeNull();
    const { token: unknown } = newToken();
    for (let guess = 0; guess < 3; guess += 1) expect(await authenticate(here, unknown, NOON)).toBeNull();
    expect(lookups).toBe(5);
  });
});
