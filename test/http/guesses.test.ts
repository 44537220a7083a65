import { setTimeout as sleep } from 'node:timers/promises';
import { newToken } from '../../src/contract/key-token';
import type { BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { newOrganization, OPTIONS, serve } from './support';

/** A store whose lookups of keys go so. */
function storeWith(keyByHash: (lookUp: () => Promise<unknown>) => Promise<unknown>): BudgetStore {
  const inner = createMemoryStore();
  const otherwise = (hash: string) => keyByHash(() => inner.keyByHash(hash));
  return new Proxy(inner, { get: (target, name): unknown => (name === 'keyByHash' ? otherwise : Reflect.get(target, name)) });
}

test.each([['revoked'], ['rotated'], ['expired']])('a key that was let in and is %s since is a guess like any other', async (end) => {
  let lookups = 0;
  const store = storeWith((lookUp) => {
    lookups += 1;
    return lookUp();
  });
  let now = Date.UTC(2026, 0, 1);
  const options = { ...OPTIONS, anonymousRateLimit: { perSecond: 0.000001, burst: 5 } };
  const { ask, key, stop } = await serve({ store, now: () => now, options });
  const admin = await key(newOrganization());
  const wanted = { name: 'x', role: 'manage', expires_at: '2026-01-02T00:00:00Z' };
  const { body } = await ask('post', '/api/v1/api-keys', { token: admin, body: wanted });
  const list = async () => (await ask('get', '/api/v1/budgets', { token: body['token'] as string })).status;
  expect(await list()).toBe(200);
  const where = `/api/v1/api-keys/${(body['key'] as { key_id: string }).key_id}`;
  if (end === 'revoked') await ask('delete', where, { token: admin });
  if (end === 'rotated') await ask('post', `${where}/rotate`, { token: admin, body: {} });
  if (end === 'expired') now += 86_400_000;
  lookups = 0;
  const statuses = [];
  for (let again = 0; again < 30; again += 1) statuses.push(await list());
  expect(statuses).toEqual([...Array<number>(5).fill(401), ...Array<number>(25).fill(429)]);
  // Each of a moment that is over, or fewer.
  expect(lookups).toBeLessThanOrEqual(5);
  await stop();
});

test('keys that cannot be looked up are no guesses: their owners are told of an outage, and all of them go on once it is over', async () => {
  let [isAway, lookups] = [false, 0];
  const store = storeWith((lookUp) => {
    lookups += 1;
    return isAway ? Promise.reject(new LedgerUnavailable('away')) : lookUp();
  });
  let now = Date.UTC(2026, 0, 1);
  const options = { ...OPTIONS, anonymousRateLimit: { perSecond: 1, burst: 5 } };
  const { ask, key, stop } = await serve({ store, now: () => now, options });
  const organizationId = newOrganization();
  const keys = await Promise.all(Array.from({ length: 9 }, () => key(organizationId)));
  const unknown = newToken().token;
  const list = async (token = '') => (await ask('get', '/api/v1/budgets', { token })).status;

  [isAway, lookups] = [true, 0];
  const answers = [];
  for (const token of keys) answers.push(await ask('get', '/api/v1/budgets', { token }));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(9).fill(503));
  expect(answers.at(-1)?.headers.get('retry-after')).toBe('5');
  // The others are not looked up.
  expect(lookups).toBe(5);
  now += 1_000;
  expect([await list(keys[0]), await list(keys[1]), lookups]).toEqual([503, 503, 6]);
  // One that is no key, and could be looked up, ends nothing: one more is looked up for the second that passed, and no other.
  now += 1_000;
  isAway = false;
  expect([await list(unknown), lookups]).toEqual([401, 7]);
  isAway = true;
  expect([await list(keys[2]), await list(keys[3]), lookups]).toEqual([503, 503, 8]);

  isAway = false;
  now += 1_000;
  for (const token of keys) expect(await list(token)).toBe(200);
  await stop();
});

test('a key that is found revoked while another look at it hangs stays a guess, and so do the next ones', async () => {
  const hanging: ((error: Error) => void)[] = [];
  let [isHanging, lookups] = [false, 0];
  const store = storeWith((lookUp) => {
    lookups += 1;
    return isHanging ? new Promise((_resolve, reject) => hanging.push(reject)) : lookUp();
  });
  const options = { ...OPTIONS, anonymousRateLimit: { perSecond: 0.000001, burst: 3 } };
  const { ask, key, stop } = await serve({ store, options });
  const admin = await key(newOrganization());
  const { body } = await ask('post', '/api/v1/api-keys', { token: admin, body: { name: 'x', role: 'manage' } });
  const list = async () => (await ask('get', '/api/v1/budgets', { token: body['token'] as string })).status;
  expect(await list()).toBe(200);
  await ask('delete', `/api/v1/api-keys/${(body['key'] as { key_id: string }).key_id}`, { token: admin });
  const statuses = [];
  lookups = 0;
  for (let round = 0; round < 5; round += 1) {
    // A moment's answers are one.
    await sleep(100);
    isHanging = true;
    const first = list();
    await sleep(100);
    isHanging = false;
    const second = await list();
    for (const reject of hanging.splice(0)) reject(new LedgerUnavailable('away'));
    statuses.push(await first, second);
  }
  expect(statuses.slice(0, 2)).toEqual([503, 401]);
  expect(statuses.slice(-2)).not.toContain(401);
  expect(lookups).toBeLessThan(10);
  await stop();
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 429],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', 401],
  ['::ffff:192.0.2.1', '192.0.2.1', 429],
  ['192.0.2.1', '192.0.2.2', 401],
])('after a guess from %s one from %s is a %d', async (first, second, expected) => {
  const { ask, stop } = await serve({ options: { ...OPTIONS, anonymousRateLimit: { perSecond: 0.001, burst: 1 }, isBehindProxy: true } });
  const from = (address: string) => ask('get', '/api/v1/budgets', { headers: { 'x-forwarded-for': address } });
  expect(await from(first)).toMatchObject({ status: 401 });
  expect(await from(second)).toMatchObject({ status: expected });
  await stop();
});
