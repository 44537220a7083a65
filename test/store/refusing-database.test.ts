import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { eventually } from '../support/eventually';
import { keys, Processes } from './processes';
import { cost, type Ledger } from './support';

let processes: Processes;
beforeAll(async () => {
  processes = await Processes.start();
});
afterEach(() => processes.settle());
afterAll(() => processes.end());

/** The database's address, with settings that connections to it begin with. */
function urlWith(settings: Readonly<Record<string, string>>): string {
  const url = new URL(processes.url);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`);
  url.searchParams.set('options', options.join(' '));
  return url.href;
}

/** `remembered`: the store's next batch is one statement, on what it knows of the ledger. `locked`: it takes the lock, and reads first. */
const WAYS = ['remembered', 'locked'] as const;

/** A ledger with 2 USD held under `held`. */
async function openBy(how: (typeof WAYS)[number], url = processes.url): Promise<Ledger> {
  const [near, far] = [processes.open(), processes.open({}, url)];
  const ledger = await processes.limited(1_000, how === 'remembered' ? far : near);
  await ledger.reserve('held', 2);
  return processes.elsewhere(ledger, far);
}

/** The connections that wait for a lock; asked inside a transaction, which would see the same ones for ever. */
async function waiting(): Promise<number[]> {
  await processes.sql.query('select pg_stat_clear_snapshot()');
  const sql = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return (await processes.sql.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid);
}

/** How many there were; said a moment after they were. */
async function deadlocks(): Promise<number> {
  const sql = 'select deadlocks from pg_stat_database where datname = current_database()';
  return (await processes.sql.query<{ deadlocks: number }>(sql)).rows[0]?.deadlocks ?? NaN;
}

/** Why the database refused it; null where it did not. */
async function refusal(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    const { code, message } = error.cause as { readonly code?: string; readonly message: string };
    return code ?? message;
  }
}

describe.each(WAYS)('[%s]', (how) => {
  test.each([
    ['57014', 'pg_cancel_backend'],
    ['57P01', 'pg_terminate_backend'],
  ])('%s: what an operator ends is not done by halves, nobody is told that it was, and the same keys go on', async (code, ending) => {
    const ledger = await openBy(how);
    const reserves = keys(20);
    await processes.sql.query('begin');
    await processes.sql.query('select from organizations where organization_id = $1 for update', [ledger.organizationId]);
    const over = new AbortController();
    const calls = [ledger.commit('held', cost(1)), ...reserves.map((key) => ledger.reserve(key, 1))];
    const asked = Promise.all(calls.map(refusal)).finally(() => {
      over.abort();
    });
    // A statement that was ended is tried again under the lock, and ended there too.
    while (!over.signal.aborted) for (const pid of await waiting()) await processes.sql.query(`select ${ending}($1)`, [pid]);
    await processes.sql.query('rollback');
    const reasons = await asked;
    expect(reasons).toContain(code);
    expect(reasons).not.toContain(null);
    expect(await ledger.month()).toEqual({ spent: 0, held: 2, executions: 1 });
    await Promise.all([ledger.commit('held', cost(1)), ...reserves.map((key) => ledger.reserve(key, 1))]);
    expect(await ledger.month()).toEqual({ spent: 1, held: 20, executions: 21 });
  });

  test('40P01: who locks the same rows in another order makes nobody fail, and nothing is done twice', async () => {
    // Ours looks for a deadlock first, once, a second after it began to wait, and so is the one that is ended.
    const ledger = await openBy(how, urlWith({ deadlock_timeout: '1s' }));
    const before = await deadlocks();
    await processes.sql.query(`set deadlock_timeout = '60s'`);
    await processes.sql.query('begin');
    await processes.sql.query('select from balances where organization_id = $1 for update', [ledger.organizationId]);
    const committed = ledger.commit('held', cost(1));
    while ((await waiting()).length === 0);
    await processes.sql.query('select from organizations where organization_id = $1 for update', [ledger.organizationId]);
    await processes.sql.query('commit');
    await expect(committed).resolves.toMatchObject({ state: 'committed' });
    expect(await ledger.month()).toEqual({ spent: 1, held: 0, executions: 1 });
    await eventually(deadlocks, (count) => count > before);
  });

  test('25006: a server that takes no writes yet grants nothing, and once it does, the next call is answered', async () => {
    const ledger = await openBy(how);
    const database = new URL(processes.url).pathname.slice(1);
    await processes.sql.query(`alter database ${database} set default_transaction_read_only = on`);
    await processes.sql.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
    );
    for (let reason: string | null = ''; reason !== '25006'; reason = await refusal(ledger.commit('held', cost(1))))
      expect(reason).not.toBeNull();
    expect(await refusal(ledger.reserve('new', 1))).toBe('25006');
    await processes.sql.query(`alter database ${database} reset default_transaction_read_only`);
    expect((await ledger.reserve('new', 1)).status).toBe('granted');
    await ledger.commit('held', cost(1));
    expect(await ledger.month()).toEqual({ spent: 1, held: 1, executions: 2 });
  });
});

test.each(['serializable', 'repeatable read'])(
  '40001: where transactions are %s unless told otherwise, processes that write to one organization at once refuse nobody',
  async (isolation) => {
    const url = urlWith({ default_transaction_isolation: isolation });
    // Some of them without group commit, which tries again what such a failure has ended.
    const ledger = await processes.limited(20, processes.open({}, url));
    const all = [ledger, processes.elsewhere(ledger, processes.open(null, url)), processes.elsewhere(ledger, processes.open(null, url))];
    const answers = await Promise.all(
      all.flatMap((its) =>
        keys(10).map(async (key) => {
          const { status } = await its.reserve(key, 1);
          if (status === 'granted') await its.commit(key, cost(1));
          return status;
        }),
      ),
    );
    expect(answers.filter((status) => status === 'granted')).toHaveLength(20);
    expect(await ledger.month()).toEqual({ spent: 20, held: 0, executions: 20 });
  },
);
