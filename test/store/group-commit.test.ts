import { randomUUID } from 'node:crypto';
import { fromUsd } from '../../src/domain/money';
import { LedgerOverloaded, LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { keys, Processes } from './processes';
import { cost, type Ledger } from './support';

let processes: Processes;
beforeAll(async () => {
  processes = await Processes.start();
});
afterEach(() => processes.settle());
afterAll(() => processes.end());

const reserveAll = (ledger: Ledger, all: readonly string[]) => Promise.all(all.map((key) => ledger.reserve(key, 1)));

/** How many transactions wrote the rows of a table that an organization has. */
async function transactionsBehind(table: string, ...organizationIds: string[]): Promise<number> {
  const { rows } = await processes.sql.query<{ count: number }>(
    `select count(distinct xmin::text)::int as count from ${table} where organization_id = any($1)`,
    [organizationIds],
  );
  return rows[0]?.count ?? NaN;
}

test('what arrives while a batch is under way goes into the next: 200 reserves take a few transactions', async () => {
  const ledger = await processes.limited(1_000);
  await reserveAll(ledger, keys(200));
  expect(await transactionsBehind('holds', ledger.organizationId)).toBeLessThanOrEqual(4);
});

test('several organizations share a transaction, once they are known', async () => {
  const store = processes.open();
  const ledgers = await Promise.all(Array.from({ length: 20 }, () => processes.limited(10, store)));
  for (const ledger of ledgers) await ledger.reserve('first', 1);
  await Promise.all(ledgers.map((ledger) => ledger.reserve('second', 1)));
  const { rows } = await processes.sql.query(`select distinct xmin::text from holds where key = 'second' and organization_id = any($1)`, [
    ledgers.map(({ organizationId }) => organizationId),
  ]);
  expect(rows).toHaveLength(1);
});

test('parallel calls pass one check together: never, in one process or in three', async () => {
  const ledger = await processes.limited(50);
  const all = [ledger, processes.elsewhere(ledger), processes.elsewhere(ledger)];
  const answers = await Promise.all(keys(150).map((key, n) => (all[n % 3] ?? ledger).reserve(key, 1)));
  expect(answers.filter((answer) => answer.status === 'granted')).toHaveLength(50);
  expect(await ledger.month()).toMatchObject({ held: 50, executions: 50 });
});

test('what another process wrote is seen: a limit raised there counts in the very next reserve here', async () => {
  const ledger = await processes.limited(1);
  await ledger.reserve('a', 1);
  expect((await ledger.reserve('b', 1)).status).toBe('denied');
  await processes.elsewhere(ledger).limit({ monthly: 2 });
  expect((await ledger.reserve('c', 1)).status).toBe('granted');
  await processes.elsewhere(ledger).commit('c', cost(1));
  await expect(ledger.commit('c', cost(1))).resolves.toMatchObject({ state: 'committed' });
  await expect(ledger.commit('c', cost(2))).rejects.toThrow('cannot be charged');
});

test('the same new key in two processes at once is one hold', async () => {
  const ledger = await processes.limited(100);
  const other = processes.elsewhere(ledger);
  await other.reserve('known', 1);
  const all = keys(30);
  const answers = await Promise.all(all.flatMap((key) => [ledger.reserve(key, 1), other.reserve(key, 1)]));
  expect(answers.every(({ status }) => status === 'granted')).toBe(true);
  expect(await ledger.month()).toMatchObject({ held: 31, executions: 31 });
});

test('a queue that is full refuses with a clear error, at once, and nothing of it is done', async () => {
  const ledger = await processes.limited(1_000, processes.open({ mostWaiting: 50 }));
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
  const store = processes.open({ longestWaitMs: 500 });
  const [ledger, other] = [await processes.limited(100, store), await processes.limited(100, store)];
  for (const { reserve } of [ledger, other].map((each) => ({ reserve: () => each.reserve('first', 1) }))) await reserve();
  await processes.sql.query('begin');
  try {
    await processes.sql.query('select from organizations where organization_id = $1 for update', [ledger.organizationId]);
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
    await processes.sql.query('rollback');
  }
  expect((await ledger.reserve('a', 1)).status).toBe('granted');
});

test('connections that are lost under way: no answer is made up, and a repeated call is charged once', async () => {
  const ledger = await processes.limited(10_000);
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
      await processes.sql.query(
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
});

test('organizations in any order, from three processes at once: nobody waits for ever', async () => {
  const first = processes.open();
  const ledgers = await Promise.all(Array.from({ length: 12 }, () => processes.limited(1_000, first)));
  const others = [processes.open(), processes.open()].map((store) => ledgers.map((ledger) => processes.elsewhere(ledger, store)));
  const all = [ledgers, ...others.map((other) => [...other].reverse())];
  await Promise.all(
    all.flatMap((its) =>
      Array.from({ length: 10 }, async () => {
        for (const ledger of its) {
          const key = randomUUID();
          await ledger.reserve(key, 2);
          await ledger.commit(key, cost(1));
        }
      }),
    ),
  );
  for (const ledger of ledgers) expect(await ledger.month()).toEqual({ spent: 30, held: 0, executions: 30 });
});
