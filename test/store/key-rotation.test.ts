import { pinned } from '../../src/domain/pinned';
import { authenticate, revokeKey, rotateKey } from '../../src/store/keys';
import { issue } from './key-support';
import { DAY, MINUTE, NOON, onEveryStore } from './support';

onEveryStore('revoking and rotating', (ledger) => {
  const auth = (token: string, at = NOON) => authenticate(ledger().store, token, at);

  test('a revoked key is refused from then on, to clocks that are behind too; revoking again changes nothing', async () => {
    const { token, key } = await issue(ledger());
    expect(await revokeKey(ledger().store, key, NOON + 5)).toEqual({ ...key, revokedAt: NOON + 5 });
    expect(await revokeKey(ledger().store, key, NOON + 9)).toEqual({ ...key, revokedAt: NOON + 5 });
    for (const at of [NOON, NOON + 5, NOON + DAY]) expect(await auth(token, at)).toBeNull();
  });

  test('rotated: a new token for the same organization, role, name and pins; the old one is refused at once', async () => {
    const old = await issue(ledger(), { role: 'manage', teamId: 'red', userId: 'ann', expiresAt: NOON + DAY });
    const fresh = await rotateKey(ledger().store, old.key, NOON + 1, 0);
    expect(fresh.key).toEqual({ ...old.key, keyId: fresh.key.keyId, createdAt: NOON + 1 });
    expect(fresh.token).not.toBe(old.token);
    expect(await auth(old.token, NOON + 1)).toBeNull();
    expect(await auth(fresh.token, NOON + 1)).toMatchObject({ keyId: fresh.key.keyId });
    expect(await ledger().store.key(old.key)).toEqual({ ...old.key, revokedAt: NOON + 1, replacedBy: fresh.key.keyId });
  });

  test('rotated with a grace: both are accepted until it is over', async () => {
    const old = await issue(ledger());
    const fresh = await rotateKey(ledger().store, old.key, NOON, MINUTE);
    expect(await auth(old.token, NOON + MINUTE - 1)).toMatchObject({ expiresAt: NOON + MINUTE });
    expect(await auth(old.token, NOON + MINUTE)).toBeNull();
    expect(await auth(fresh.token, NOON + MINUTE)).toMatchObject({ expiresAt: null });
  });

  test('revoked in its grace, a key is refused at once', async () => {
    const old = await issue(ledger());
    await rotateKey(ledger().store, old.key, NOON, DAY);
    await revokeKey(ledger().store, old.key, NOON);
    expect(await auth(old.token)).toBeNull();
  });

  test('what has ended or was replaced is not rotated', async () => {
    const { store } = ledger();
    const [revoked, expired, replaced] = [await issue(ledger()), await issue(ledger(), { expiresAt: NOON + 1 }), await issue(ledger())];
    await revokeKey(store, revoked.key, NOON);
    const { key: successor } = await rotateKey(store, replaced.key, NOON, DAY);
    for (const { key } of [revoked, expired, replaced]) {
      await expect(rotateKey(store, key, NOON + 1, 0)).rejects.toMatchObject({ code: 'ApiKeyEnded' });
    }
    expect((await rotateKey(store, successor, NOON + 1, 0)).key.role).toBe('invoke');
  });

  test('of many that rotate one key at once, one has the new token', async () => {
    const { key } = await issue(ledger());
    const tried = await Promise.allSettled(Array.from({ length: 8 }, () => rotateKey(ledger().store, key, NOON, 0)));
    const [won] = tried.filter((one) => one.status === 'fulfilled');
    for (const lost of tried.filter((one) => one !== won)) expect(lost).toMatchObject({ reason: { code: 'ApiKeyEnded' } });
    expect(await auth(won?.value.token ?? '')).not.toBeNull();
    expect(await ledger().store.keys(ledger().organizationId, null, 10)).toHaveLength(2);
  });

  test('revoked and rotated at once: the old key is refused, and no successor lives that nobody was given', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { token, key } = await issue(ledger());
      const [rotated] = await Promise.allSettled([rotateKey(ledger().store, key, NOON, DAY), revokeKey(ledger().store, key, NOON)]);
      expect(await auth(token)).toBeNull();
      const live = (await ledger().store.keys(ledger().organizationId, null, 100)).filter(({ revokedAt }) => revokedAt === null);
      expect(live.map(({ keyId }) => keyId)).toEqual(rotated.status === 'fulfilled' ? [rotated.value.key.keyId] : []);
      for (const one of live) await revokeKey(ledger().store, one, NOON);
    }
  });

  test('rotating a key loses its spend: not here, it is of the scope, and the new key meets what the old one left', async () => {
    await ledger().limit({ monthly: 10 }, { scope: { userId: 'ann' } });
    const old = await issue(ledger(), { userId: 'ann' });
    const spend = async (token: string, key: string) => {
      const bounds = await auth(token);
      if (bounds === null) throw new Error('The token is refused');
      return (await ledger().reserve(key, 6, { call: pinned(ledger().call(), bounds) })).status;
    };
    expect(await spend(old.token, 'a')).toBe('granted');
    const before = await ledger().balances();
    const fresh = await rotateKey(ledger().store, old.key, NOON, 0);
    expect(await ledger().balances()).toEqual(before);
    expect(await spend(fresh.token, 'b')).toBe('denied');
  });
});
