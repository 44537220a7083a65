import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { LedgerOverloaded, LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { cost, Ledger } from './support';

let url: string;
let sql: Client;
let opened: BudgetStore[];

beforeAll(async () => {
  url = await createDatabase(String(process.env['TEST_DATABASE_URL']));
  sql = new Client({ connectionString: url });
  await sql.connect();
});
beforeEach(() => {
  opened = [];
});
afterEach(async () => {
  for (const organizationId of (await opened[0]?.organizations()) ?? []) {
    if (opened[0] !== undefined) expect(await audit(opened[0], organizationId)).toEqual([]);
  }
  await Promise.all(opened.map((store) => store.close()));
});
afterAll(() => sql.end());

function open(groupCommit: NonNullable<Parameters<typeof createPostgresStore>[1]>['groupCommit'] = {}): BudgetStore {
  const store = createPostgresStore(url, { groupCommit });
  opened.push(store);
  return store;
}

/** The same organization's ledger, as another process has it. */
function elsewhere(ledger: Ledger, store = open()): Ledger {
  return Object.assign(new Ledger(store), { organizationId: ledger.organizationId });
}

async function limited(monthly: number, store = open()): Promise<Ledger> {
  const ledger = new Ledger(store);
  await ledger.limit({ monthly });
  return ledger;
}

const keys = (count: number) => Array.from({ length: count }, () => randomUUID());
const reserveAll = (ledger: Ledger, all: readonly string[]) => Promise.all(all.map((key) => ledger.reserve(key, 1)));

/** How many transactions wrote the rows of a table that an organization has. */
async function transactionsBehind(table: string, ...organizationIds: string[]): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(distinct xmin::text)::int as count from ${table} where organization_id = any($1)`,
    [organizationIds],
  );
  return rows[0]?.count ?? NaN;
}

test('what arrives while a batch is under way goes into the next: 200 reserves take a few transactions', async () => {
  const ledger = await limited(1_000);
  await reserveAll(ledger, keys(200));
  expect(await transactionsBehind('holds', ledger.organizationId)).toBeLessThanOrEqual(4);
});

test('several organizations share a transaction, once they are known', async () => {
  const store = open();
  const ledgers = await Promise.all(Array.from({ length: 20 }, () => limited(10, store)));
  for (const ledger of ledgers) await ledger.reserve('first', 1);
  await Promise.all(ledgers.map((ledger) => ledger.reserve('second', 1)));
  const { rows } = await sql.query(`select distinct xmin::text from holds where key = 'second' and organization_id = any($1)`, [
    ledgers.map(({ organizationId }) => organizationId),
  ]);
  expect(rows).toHaveLength(1);
});

test('parallel calls pass one check together: never, in one process or in three', async () => {
  const ledger = await limited(50);
  const processes = [ledger, elsewhere(ledger), elsewhere(ledger)];
  const answers = await Promise.all(keys(150).map((key, n) => (processes[n % 3] ?? ledger).reserve(key, 1)));
  expect(answers.filter((answer) => answer.status === 'granted')).toHaveLength(50);
  expect(await ledger.month()).toMatchObject({ held: 50, executions: 50 });
});

test('what another process wrote is seen: a limit raised there counts in the very next reserve here', async () => {
  const ledger = await limited(1);
  await ledger.reserve('a', 1);
  expect((await ledger.reserve('b', 1)).status).toBe('denied');
  await elsewhere(ledger).limit({ monthly: 2 });
  expect((await ledger.reserve('c', 1)).status).toBe('granted');
  await elsewhere(ledger).commit('c', cost(1));
  await expect(ledger.commit('c', cost(1))).resolves.toMatchObject({ state: 'committed' });
  await expect(ledger.commit('c', cost(2))).rejects.toThrow('cannot be charged');
});

test('a limit or a policy changed by hand, in SQL, counts in the very next reserve', async () => {
  const ledger = await limited(1);
  await ledger.reserve('a', 1);
  await ledger.commit('a', cost(0.5));
  await sql.query('update budgets set monthly_micro_usd = $2 where organization_id = $1', [ledger.organizationId, fromUsd(3)]);
  expect((await ledger.reserve('b', 2)).status).toBe('granted');
  await sql.query(`update organizations set policy = '{"noBudget": "deny"}' where organization_id = $1`, [ledger.organizationId]);
  await sql.query('delete from budgets where organization_id = $1', [ledger.organizationId]);
  expect((await ledger.reserve('c', 0)).status).toBe('denied');
});

test('the same new key in two processes at once is one hold', async () => {
  const ledger = await limited(100);
  const other = elsewhere(ledger);
  await other.reserve('known', 1);
  const all = keys(30);
  const answers = await Promise.all(all.flatMap((key) => [ledger.reserve(key, 1), other.reserve(key, 1)]));
  expect(answers.every(({ status }) => status === 'granted')).toBe(true);
  expect(await ledger.month()).toMatchObject({ held: 31, executions: 31 });
});

test('a key that was settled long ago, and is remembered by nobody, is not granted again', async () => {
  const ledger = await limited(100);
  await ledger.reserve('old', 1);
  await ledger.commit('old', cost(1));
  const [again] = await Promise.all([ledger.reserve('old', 1), ...reserved(ledger, 20)]);
  expect(again).toMatchObject({ status: 'taken', receipt: { state: 'committed' } });
  expect(await ledger.month()).toMatchObject({ spent: 1, held: 20, executions: 21 });
});

const reserved = (ledger: Ledger, count: number) => keys(count).map((key) => ledger.reserve(key, 1));

test('a poison operation fails alone', async () => {
  await sql.query(`alter table holds add constraint no_poison check (key not like 'poison%')`);
  try {
    const ledger = await limited(1_000);
    await ledger.reserve('first', 1);
    const all = [...keys(40), 'poison-1', ...keys(40), 'poison-2'];
    const outcomes = await Promise.allSettled(all.map((key) => ledger.reserve(key, 1)));
    const failed = outcomes.flatMap((outcome, n) => (outcome.status === 'rejected' ? [[all[n], outcome.reason as Error] as const] : []));
    expect(failed.map(([key]) => key)).toEqual(['poison-1', 'poison-2']);
    for (const [, error] of failed) expect(error).toBeInstanceOf(LedgerUnavailable);
    expect(await ledger.month()).toMatchObject({ held: 81, executions: 81 });
  } finally {
    await sql.query('alter table holds drop constraint no_poison');
  }
});

test('a queue that is full refuses with a clear error, at once, and nothing of it is done', async () => {
  const ledger = await limited(1_000, open({ mostWaiting: 50 }));
  await ledger.reserve('first', 1);
  const outcomes = await Promise.allSettled(keys(60).map((key) => ledger.reserve(key, 1)));
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  expect(refused).toHaveLength(10);
  for (const error of refused) {
    expect(error).toBeInstanceOf(LedgerOverloaded);
    expect(error.message).toMatch(/too much to do: 50 operations wait/);
  }
  expect(await ledger.month()).toMatchObject({ held: 51 });
});

test('an organization that somebody keeps locked times out, and keeps no other waiting', async () => {
  const store = open({ longestWaitMs: 500 });
  const [ledger, other] = [await limited(100, store), await limited(100, store)];
  for (const { reserve } of [ledger, other].map((each) => ({ reserve: () => each.reserve('first', 1) }))) await reserve();
  await sql.query('begin');
  try {
    await sql.query('select from organizations where organization_id = $1 for update', [ledger.organizationId]);
    const began = performance.now();
    const locked = Promise.allSettled([ledger.reserve('a', 1), other.reserve('a', 1)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const behind = Promise.allSettled([ledger.reserve('b', 1)]);
    // Both were in one transaction, which the lock's time-out ended: then each goes for itself.
    const [first, second] = await locked;
    expect(first).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailable' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { status: 'granted' } });
    expect(await behind).toMatchObject([{ status: 'rejected' }]);
    expect(performance.now() - began).toBeLessThan(15_000);
  } finally {
    await sql.query('rollback');
  }
  expect((await ledger.reserve('a', 1)).status).toBe('granted');
}, 40_000);

test('connections that are lost under way: no answer is made up, and a repeated call is charged once', async () => {
  const ledger = await limited(10_000);
  const all = keys(300);
  const untilDone = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error;
      }
    }
  };
  const done = new AbortController();
  const kills = (async () => {
    for (let n = 0; n < 200 && !done.signal.aborted; n += 1) {
      await sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
      );
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  })();
  const charged = Promise.all(
    all.map(async (key) => {
      await untilDone(() => ledger.reserve(key, 2));
      return untilDone(() => ledger.commit(key, cost(1)));
    }),
  );
  expect((await charged).every(({ state, chargedMicroUsd }) => state === 'committed' && chargedMicroUsd === fromUsd(1))).toBe(true);
  done.abort();
  await kills;
  expect(await untilDone(() => ledger.month())).toEqual({ spent: 300, held: 0, executions: 300 });
}, 60_000);

test('organizations in any order, from three processes at once: nobody waits for ever', async () => {
  const first = open();
  const ledgers = await Promise.all(Array.from({ length: 12 }, () => limited(1_000, first)));
  const others = [open(), open()].map((store) => ledgers.map((ledger) => elsewhere(ledger, store)));
  const processes = [ledgers, ...others.map((each) => [...each].reverse())];
  await Promise.all(
    processes.flatMap((each) =>
      Array.from({ length: 10 }, async () => {
        for (const ledger of each) {
          const key = randomUUID();
          await ledger.reserve(key, 2);
          await ledger.commit(key, cost(1));
        }
      }),
    ),
  );
  for (const ledger of ledgers) expect(await ledger.month()).toEqual({ spent: 30, held: 0, executions: 30 });
}, 60_000);
