import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { commitCutTo, type CommitCut, type Moment } from '../support/commit-cut';
import { keys, Processes } from './processes';
import { cost, NOON, TTL, type Ledger } from './support';

let processes: Processes;
let way: CommitCut;
let farUrl: string;
beforeAll(async () => {
  processes = await Processes.start();
  const url = new URL(processes.url);
  way = await commitCutTo(url.hostname, Number(url.port));
  farUrl = Object.assign(url, { host: way.address }).href;
});
afterEach(() => processes.settle());
afterAll(async () => {
  await way.close();
  await processes.end();
});

const reserved = (ledger: Ledger) => ledger.reserve('key', 2);
const started = async (ledger: Ledger) => {
  await reserved(ledger);
  await ledger.start('key', 'attempt');
};

interface Row {
  readonly operation: string;
  readonly prepare: (ledger: Ledger) => Promise<unknown>;
  readonly ask: (ledger: Ledger) => Promise<unknown>;
}

const rows: Row[] = [
  { operation: 'reserve', prepare: (ledger) => ledger.charge('other', 1), ask: reserved },
  { operation: 'startAttempt', prepare: reserved, ask: (ledger) => ledger.start('key', 'attempt') },
  { operation: 'finishAttempt', prepare: started, ask: (ledger) => ledger.finish('key', 'attempt', cost(1)) },
  { operation: 'commit', prepare: reserved, ask: (ledger) => ledger.commit('key', cost(1)) },
  { operation: 'settle', prepare: started, ask: (ledger) => ledger.settle('key') },
  { operation: 'release', prepare: reserved, ask: (ledger) => ledger.release('key') },
  { operation: 'extend', prepare: reserved, ask: (ledger) => ledger.extend('key', NOON + TTL / 2) },
  // How many were expired is told by the call that did it, and by no other.
  { operation: 'expire', prepare: started, ask: async (ledger) => (await ledger.expire(NOON + 2 * TTL)).isComplete },
  { operation: 'charge', prepare: reserved, ask: (ledger) => ledger.charge('more', 1) },
];
const moments: Moment[] = ['before', 'during', 'after'];

/** `remembered`: in one statement, on what the process knows of the ledger. `locked`: in a transaction, which reads it first; `expire` always. */
const cuts = (['remembered', 'locked'] as const).flatMap((how) => moments.map((moment) => ({ how, moment })));

/** What the ledger says of the organization's money, and which keys it charged. */
async function figuresOf(ledger: Ledger) {
  const entries = await ledger.store.entries(ledger.organizationId, null, 0, 1_000);
  const charged = entries.flatMap(({ kind, key, spentMicroUsd }) => (spentMicroUsd === 0 ? [] : [`${kind} ${key}`]));
  return { month: await ledger.month(), charged };
}

/** Asks with the same key again and again, as callers do who are told that the ledger cannot say. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>, refused: () => void = () => undefined): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) || tries === 10) throw error;
      refused();
    }
  }
}

test.each(rows)(
  'a connection that is lost before, during and after the COMMIT of $operation: its key tells what became of it',
  async (row) => {
    const [near, far] = [processes.open(), processes.open({}, farUrl)];
    const undisturbed = await processes.limited(100, near);
    await row.prepare(undisturbed);
    const answer = answerFor(undisturbed, await row.ask(undisturbed));
    const figures = await figuresOf(undisturbed);

    for (const { how, moment } of cuts) {
      const prepared = await processes.limited(100, how === 'remembered' ? far : near);
      await row.prepare(prepared);
      const ledger = processes.elsewhere(prepared, far);
      const ask = async () => answerFor(ledger, await row.ask(ledger));
      const cut = way.cutAt(moment);
      const first = await ask().catch((error: unknown) => (error instanceof LedgerUnavailable ? 'unavailable' : error));
      const seen = { how, moment, by: await cut, first, then: [await untilAnswered(ask), await untilAnswered(ask)] };
      expect({ ...seen, ...(await figuresOf(ledger)) }).toEqual({
        how,
        moment,
        by: expect.stringMatching(how === 'remembered' && row.operation !== 'expire' ? /^in_one/ : /^commit$/) as unknown,
        first: moment === 'after' ? answer : 'unavailable',
        then: [answer, answer],
        ...figures,
      });
    }
  },
);

/** An answer as every organization would have it. */
function answerFor({ organizationId }: Ledger, answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll(organizationId, 'its organization'));
}

test.each(moments)(
  'the connection is lost %s the COMMIT of a batch of many callers: each is answered as the ledger has it',
  async (moment) => {
    const ledger = await processes.limited(1_000, processes.open({}, farUrl));
    const [committed, released, unheld] = [keys(20), keys(20), keys(20)];
    await Promise.all([...committed, ...released].map((key) => ledger.reserve(key, 2)));
    let refusals = 0;
    const answered = <Answer>(ask: () => Promise<Answer>) => untilAnswered(ask, () => (refusals += 1));
    const cut = way.cutAt(moment);
    const asked = [
      ...committed.map((key) => answered(() => ledger.commit(key, cost(1)))),
      ...released.map((key) => answered(() => ledger.release(key))),
      ...unheld.map((key) => answered(() => ledger.charge(key, 3))),
    ];
    await Promise.all(asked);
    await cut;
    if (moment !== 'after') expect(refusals).toBeGreaterThanOrEqual(16);
    const { month, charged } = await figuresOf(ledger);
    expect(month).toEqual({ spent: 80, held: 0, executions: 40 });
    expect(charged.sort()).toEqual([...committed, ...unheld].map((key) => `charge ${key}`).sort());
  },
);

test('a process that freezes between its statements and their COMMIT keeps the organization for a while only, and nothing of them is done', async () => {
  const ledger = await processes.limited(100);
  await ledger.reserve('key', 2);
  // Who is frozen does not see that the answer is long in coming.
  const frozen = processes.elsewhere(ledger, processes.open({}, `${farUrl}?query_timeout=60000`));
  const cut = way.cutAt('late');
  const commit = frozen.commit('key', cost(1)).catch((error: unknown) => error);
  expect(await cut).toBe('commit');
  expect(await ledger.extend('key')).toMatchObject({ status: 'held' });
  expect(await commit).toMatchObject({ name: 'LedgerUnavailable', cause: { code: '25P03' } });
  expect(await ledger.month()).toEqual({ spent: 0, held: 2, executions: 1 });
  await untilAnswered(() => frozen.commit('key', cost(1)));
  expect(await ledger.month()).toEqual({ spent: 1, held: 0, executions: 1 });
});
