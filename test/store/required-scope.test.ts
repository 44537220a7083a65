import { Pool } from 'pg';
import { databaseUrl, NOON, onEveryStore, TTL } from './support';
import { DEFAULT_POLICY } from '../../src/domain/budget';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';

const TEAM = { requires: { teamId: true, userId: false } };
const USER = { requires: { teamId: false, userId: true } };
const REFUSED = { code: 'ScopeRequired' };

onEveryStore('an organization that requires a team or a user', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 10 }, { scope: { teamId: 'red' } }));
  const red = () => ({ call: ledger().call({ teamId: 'red' }) });

  test.each([TEAM, USER])('no reserve and no charge passes a budget by leaving it out, and nothing is kept of it (%j)', async (policy) => {
    await ledger().policy(policy);
    await expect(ledger().reserve('a', 1)).rejects.toMatchObject(REFUSED);
    await expect(ledger().charge('b', 1)).rejects.toMatchObject(REFUSED);
    for (const key of ['a', 'b']) expect(await ledger().store.hold(ledger().organizationId, key)).toBeUndefined();
    expect(await ledger().store.auditFigures(ledger().organizationId)).toMatchObject([{ balance: { month: { spentMicroUsd: 0 } } }]);
  });

  test('a refused key is free: the same call with its team is decided', async () => {
    await ledger().policy(TEAM);
    await expect(ledger().reserve('a', 8)).rejects.toMatchObject(REFUSED);
    expect((await ledger().reserve('a', 8, red())).status).toBe('granted');
    expect((await ledger().reserve('b', 8, red())).status).toBe('denied');
  });

  test('in a batch the refused call fails alone', async () => {
    await ledger().policy(TEAM);
    const { store, organizationId } = ledger();
    const operations = [ledger().reserveOf('a', 1), ledger().reserveOf('b', 1, red())];
    expect(await store.applyBatch(organizationId, operations)).toMatchObject([{ ok: false, error: REFUSED }, { ok: true }]);
  });

  test('what was let in before keeps its answer, grows, and is settled', async () => {
    expect((await ledger().reserve('a', 1)).status).toBe('granted');
    await ledger().charge('b', 1);
    await ledger().policy(TEAM);
    expect((await ledger().reserve('a', 1)).status).toBe('granted');
    expect(await ledger().charge('b', 1)).toMatchObject({ state: 'committed' });
    expect((await ledger().start('a', '1')).status).toBe('granted');
    expect((await ledger().start('a', '2')).status).toBe('granted');
    expect((await ledger().settle('a')).state).toBe('committed');
  });

  test('what is decided anew is a new call', async () => {
    await ledger().reserve('a', 1);
    await ledger().policy(TEAM);
    await expect(ledger().start('a', '1', { at: NOON + TTL })).rejects.toMatchObject(REFUSED);
    expect((await ledger().release('a', null, NOON + TTL)).state).toBe('released');
  });

  test('it counts from the next call on, also when it ends', async () => {
    await ledger().policy(TEAM);
    await expect(ledger().reserve('a', 1)).rejects.toMatchObject(REFUSED);
    await ledger().policy({});
    expect((await ledger().reserve('a', 1)).status).toBe('granted');
  });

  test('a policy that leaves out what is required is refused, and the old one stays', async () => {
    await ledger().policy(TEAM);
    const { store, organizationId } = ledger();
    const policy = { ...DEFAULT_POLICY, requires: undefined } as unknown as typeof DEFAULT_POLICY;
    await expect(store.putPolicy(organizationId, policy)).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(ledger().reserve('a', 1)).rejects.toMatchObject(REFUSED);
  });
});

test('a policy that was stored before requires nothing', async () => {
  const pool = new Pool({ connectionString: databaseUrl() });
  const store = createPostgresStore(databaseUrl());
  const { requires, ...old } = DEFAULT_POLICY;
  await pool.query('insert into organizations (organization_id, policy) values ($1, $2)', ['org-of-old', JSON.stringify(old)]);
  expect(await store.policy('org-of-old')).toEqual({ ...old, requires });
  await Promise.all([pool.end(), store.close()]);
});
