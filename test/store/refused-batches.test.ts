import { randomUUID } from 'node:crypto';
import { fromUsd } from '../../src/domain/money';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { keys, Processes } from './processes';
import { cost, type Ledger } from './support';

let processes: Processes;
beforeAll(async () => {
  processes = await Processes.start();
});
afterEach(() => processes.settle());
afterAll(() => processes.end());

test('a limit or a policy changed by hand, in SQL, counts in the very next reserve', async () => {
  const ledger = await processes.limited(1);
  await ledger.reserve('a', 1);
  await ledger.commit('a', cost(0.5));
  await processes.sql.query('update budgets set monthly_micro_usd = $2 where organization_id = $1', [ledger.organizationId, fromUsd(3)]);
  expect((await ledger.reserve('b', 2)).status).toBe('granted');
  await processes.sql.query(`update organizations set policy = '{"noBudget": "deny"}' where organization_id = $1`, [ledger.organizationId]);
  await processes.sql.query('delete from budgets where organization_id = $1', [ledger.organizationId]);
  expect((await ledger.reserve('c', 0)).status).toBe('denied');
});

test('a budget that SQL moves to another organization, or all of them gone, count in the very next reserve', async () => {
  const [ledger, other] = [await processes.limited(1), await processes.limited(1)];
  for (const each of [ledger, other]) await each.reserve('first', 1);
  await processes.sql.query(`delete from budgets where organization_id = $1`, [other.organizationId]);
  await other.reserve('unbudgeted', 1);
  await processes.sql.query('update budgets set organization_id = $2 where organization_id = $1', [
    ledger.organizationId,
    other.organizationId,
  ]);
  expect([(await ledger.reserve('second', 1)).status, (await other.reserve('second', 1)).status]).toEqual(['granted', 'denied']);
  await processes.sql.query('begin');
  await processes.sql.query('truncate budgets');
  await processes.sql.query('commit');
  expect((await other.reserve('third', 1)).status).toBe('granted');
});

test('a key that was settled long ago, and is remembered by nobody, is not granted again', async () => {
  const ledger = await processes.limited(100);
  await ledger.reserve('old', 1);
  await ledger.commit('old', cost(1));
  const [again] = await Promise.all([ledger.reserve('old', 1), ...reserved(ledger, 20)]);
  expect(again).toMatchObject({ status: 'taken', receipt: { state: 'committed' } });
  expect(await ledger.month()).toMatchObject({ spent: 1, held: 20, executions: 21 });
});

const reserved = (ledger: Ledger, count: number) => keys(count).map((key) => ledger.reserve(key, 1));

test('who says again what has ended has his batches to himself: they are not refused together with his neighbours’ again and again', async () => {
  const store = processes.open();
  const [repeating, neighbour] = [await processes.limited(1_000, store), await processes.limited(1_000, store)];
  const old = keys(30);
  for (const key of old) {
    await repeating.reserve(key, 1);
    await repeating.commit(key, cost(1));
  }
  await neighbour.reserve('first', 1);
  const refusals = async () => {
    const { rows } = await processes.sql.query<{ count: string }>(
      `select xact_rollback as count from pg_stat_database where datname = current_database()`,
    );
    return Number(rows[0]?.count);
  };
  const before = await refusals();
  for (const key of old) {
    const [again, other] = await Promise.all([repeating.reserve(key, 1), neighbour.reserve(randomUUID(), 1)]);
    expect([again.status, other.status]).toEqual(['taken', 'granted']);
  }
  await store.close();
  // The server tells of what a connection did at the latest when it ends.
  expect((await refusals()) - before).toBeLessThanOrEqual(4);
});

test('what cannot be written down fails alone, and its neighbours are not left in doubt', async () => {
  const ledger = await processes.limited(1_000);
  await ledger.reserve('first', 1);
  // A text to every check, as plain JavaScript may send it, and nothing that JSON knows.
  const unwritable = Object.assign(Object('text'), { toJSON: () => BigInt(1) }) as string;
  const all = [...keys(10), 'unwritable', ...keys(10)];
  const outcomes = await Promise.allSettled(
    all.map((key) => ledger.reserve(key, 1, key === 'unwritable' ? { fingerprint: unwritable } : {})),
  );
  expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [all[n]] : []))).toEqual(['unwritable']);
  expect(await ledger.month()).toMatchObject({ held: 21 });
});

test('a poison operation fails alone', async () => {
  await processes.sql.query(`alter table holds add constraint no_poison check (key not like 'poison%')`);
  try {
    const ledger = await processes.limited(1_000);
    await ledger.reserve('first', 1);
    const all = [...keys(40), 'poison-1', ...keys(40), 'poison-2'];
    const outcomes = await Promise.allSettled(all.map((key) => ledger.reserve(key, 1)));
    const failed = outcomes.flatMap((outcome, n) => (outcome.status === 'rejected' ? [[all[n], outcome.reason as Error] as const] : []));
    expect(failed.map(([key]) => key)).toEqual(['poison-1', 'poison-2']);
    for (const [, error] of failed) expect(error).toBeInstanceOf(LedgerUnavailable);
    expect(await ledger.month()).toMatchObject({ held: 81, executions: 81 });
  } finally {
    await processes.sql.query('alter table holds drop constraint no_poison');
  }
});
