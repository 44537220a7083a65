import crypto, { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { KeyStore } from '../../src/store/key-store';
import { authenticate, issueKey, revokeKey, rotateKey } from '../../src/store/keys';
import { newToken } from '../../src/contract/key-token';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { issue } from './key-support';
import { databaseUrl, DAY, MINUTE, NOON, onEveryStore } from './support';

onEveryStore('API keys', (ledger) => {
  const auth = (token: string, at = NOON) => authenticate(ledger().store, token, at);

  test('a key authenticates by its token as what it was issued as', async () => {
    const { token, key } = await issue(ledger(), { role: 'manage', teamId: 'red', userId: 'ann', expiresAt: NOON + DAY });
    expect(key).toMatchObject({ organizationId: ledger().organizationId, role: 'manage', name: 'job', teamId: 'red', userId: 'ann' });
    expect(await auth(token)).toEqual({ ...key, lastUsedAt: NOON });
    expect(await ledger().store.key(key)).toEqual({ ...key, lastUsedAt: NOON });
  });

  test("the operator's key is of no organization", async () => {
    const { token, key } = await issue(ledger(), { organizationId: null, role: 'admin' });
    expect(await auth(token)).toMatchObject({ organizationId: null, role: 'admin' });
    expect(await ledger().store.key({ ...key, organizationId: ledger().organizationId })).toBeUndefined();
    await revokeKey(ledger().store, key, NOON);
  });

  test('unknown, revoked, expired, garbage: null, all alike', async () => {
    const revoked = await issue(ledger());
    await revokeKey(ledger().store, revoked.key, NOON);
    const expired = await issue(ledger(), { expiresAt: NOON + 1 });
    for (const token of [newToken().token, revoked.token, expired.token, '', 'ab_', `${revoked.token}x`, 'a\0']) {
      expect(await auth(token, NOON + 1)).toBeNull();
    }
  });

  test('nothing that a store shows can be used as a token, nor does a list show the hash', async () => {
    const { token, key } = await issue(ledger());
    const [listed] = await ledger().store.keys(ledger().organizationId, null, 10);
    expect(Object.keys(listed ?? {}).sort()).toEqual(Object.keys(key).sort());
    const shown = JSON.stringify([key, listed, await ledger().store.key(key), await auth(token)]);
    expect(shown).not.toContain(token.slice(-49));
    for (const text of Object.values(key)) expect(await auth(String(text))).toBeNull();
  });

  test('bad input is refused by name, and keeps nothing', async () => {
    const { store, organizationId } = ledger();
    await expect(issue(ledger(), { name: '' })).rejects.toMatchObject({ code: 'InvalidRequest' });
    for (const keyId of ['', 'a\0b', 'a b', 'k'.repeat(201)]) {
      await expect(revokeKey(store, { organizationId, keyId }, NOON)).rejects.toMatchObject({ code: 'InvalidRequest' });
      await expect(rotateKey(store, { organizationId, keyId }, NOON, 0)).rejects.toMatchObject({ code: 'InvalidRequest' });
    }
    const { key } = await issue(ledger());
    await expect(revokeKey(store, key, NaN)).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(rotateKey(store, key, NaN, 0)).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(rotateKey(store, key, NOON, -1)).rejects.toMatchObject({ code: 'InvalidRequest' });
    expect(await store.keys(organizationId, null, 10)).toEqual([key]);
  });

  test('a key put twice is kept once; its id or its hash under another key is a conflict', async () => {
    const { store, organizationId } = ledger();
    const { key } = await issue(ledger());
    const [hash, otherHash] = [randomUUID(), randomUUID()];
    const mine = { key: { ...key, keyId: `k-${randomUUID()}` }, hash };
    await store.putKey(mine);
    await store.putKey(mine);
    await expect(store.putKey({ ...mine, hash: otherHash })).rejects.toMatchObject({ code: 'KeyConflict' });
    await expect(store.putKey({ key: { ...key, keyId: `k-${randomUUID()}` }, hash })).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await store.keys(organizationId, null, 10)).toHaveLength(2);
    expect(await store.keyByHash(otherHash)).toBeUndefined();
  });
});

onEveryStore('the list of keys', (ledger) => {
  test('the newest first, in pages, of one organization', async () => {
    const { store, organizationId } = ledger();
    const ats = [3, 1, 2, 2, 2, 5, 4].map((minute) => NOON + minute * MINUTE);
    const made = await Promise.all(ats.map(async (at) => (await issue(ledger(), {}, at)).key));
    await issue(ledger(), { organizationId: `${organizationId}-other` });
    const newestFirst = made.sort((a, b) => b.createdAt - a.createdAt || (a.keyId < b.keyId ? 1 : -1));
    expect(await store.keys(organizationId, null, 100)).toEqual(newestFirst);
    for (const most of [1, 2, 3]) {
      const seen = [];
      for (let page = await store.keys(organizationId, null, most); page.length > 0;) {
        expect(page.length).toBeLessThanOrEqual(most);
        seen.push(...page);
        page = await store.keys(organizationId, seen.at(-1) ?? null, most);
      }
      expect(seen).toEqual(newestFirst);
    }
  });

  test("an organization's holds none of the operator's, and the operator's none of an organization's", async () => {
    const { store, organizationId } = ledger();
    const [own, operators] = [await issue(ledger()), await issue(ledger(), { organizationId: null, role: 'admin' })];
    expect(await store.keys(organizationId, null, 10)).toEqual([own.key]);
    const listed = (await store.keys(null, null, 1_000)).map(({ keyId }) => keyId);
    expect(listed).toContain(operators.key.keyId);
    expect(listed).not.toContain(own.key.keyId);
    await revokeKey(store, operators.key, NOON);
  });

  test("nobody reaches another organization's key by its id", async () => {
    const { store, organizationId } = ledger();
    const { token, key } = await issue(ledger());
    for (const other of [`${organizationId}-other`, null]) {
      const reference = { organizationId: other, keyId: key.keyId };
      expect(await store.key(reference)).toBeUndefined();
      await expect(revokeKey(store, reference, NOON)).rejects.toMatchObject({ code: 'ApiKeyNotFound' });
      await expect(rotateKey(store, reference, NOON, 0)).rejects.toMatchObject({ code: 'ApiKeyNotFound' });
    }
    expect(await authenticate(store, token, NOON)).not.toBeNull();
  });
});

onEveryStore('when a key was used last', (ledger) => {
  test('is noted at most once a minute', async () => {
    const { token, key } = await issue(ledger());
    let touched = 0;
    const counting: Pick<KeyStore, 'keyByHash' | 'touchKey'> = {
      ...ledger().store,
      touchKey: (keyId, at) => {
        touched += 1;
        return ledger().store.touchKey(keyId, at);
      },
    };
    const used = async (at: number) => [(await authenticate(counting, token, at))?.lastUsedAt, touched];
    expect(await used(NOON)).toEqual([NOON, 1]);
    expect(await used(NOON + 1)).toEqual([NOON, 1]);
    expect(await used(NOON + MINUTE - 1)).toEqual([NOON, 1]);
    expect(await used(NOON + MINUTE)).toEqual([NOON + MINUTE, 2]);
    // Of those who found it due at once, one writes; and a clock that is behind takes nothing back.
    await Promise.all([1, 2, 3].map((ms) => ledger().store.touchKey(key.keyId, NOON + 2 * MINUTE + ms)));
    await ledger().store.touchKey(key.keyId, NOON);
    const { lastUsedAt } = (await ledger().store.key(key)) ?? {};
    expect([1, 2, 3].map((ms) => NOON + 2 * MINUTE + ms)).toContain(lastUsedAt);
  });

  test('is not noted for a token that is refused', async () => {
    const { token, key } = await issue(ledger(), { expiresAt: NOON + 1 });
    await authenticate(ledger().store, token, NOON + 1);
    expect(await ledger().store.key(key)).toEqual(key);
  });
});

test("hashes are compared in constant time, and not by a store's own idea of equality", async () => {
  const { token } = newToken();
  const other = newToken();
  const store = createPostgresStore(databaseUrl());
  const { key } = await issueKey(store, { organizationId: 'loose', role: 'invoke', name: 'job' }, NOON);
  const loose = { keyByHash: () => Promise.resolve({ key, hash: other.hash }), touchKey: () => Promise.resolve() };
  const compared = jest.spyOn(crypto, 'timingSafeEqual');
  expect(await authenticate(loose, token, NOON)).toBeNull();
  expect(await authenticate(loose, other.token, NOON)).toMatchObject({ keyId: key.keyId });
  // Also where there is nothing to compare with.
  expect(await authenticate(store, token, NOON)).toBeNull();
  expect(compared).toHaveBeenCalledTimes(3);
  await store.close();
});

test('no column of the database has the token or its secret', async () => {
  const store = createPostgresStore(databaseUrl());
  const { token, key } = await issueKey(store, { organizationId: 'looked-into', role: 'invoke', name: 'job' }, NOON);
  const pool = new Pool({ connectionString: databaseUrl() });
  const { rows } = await pool.query<{ row: string }>('select k::text as row from api_keys k where key_id = $1', [key.keyId]);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).not.toContain(token.slice(-49, -6));
  await Promise.all([pool.end(), store.close()]);
});

test('a store that cannot be reached is no refused token', async () => {
  const store = createPostgresStore('postgres://nobody@127.0.0.1:1/nowhere');
  await expect(authenticate(store, newToken().token, NOON)).rejects.toMatchObject({ name: 'LedgerUnavailable' });
  await store.close();
});
