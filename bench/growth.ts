import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { BUDGET_DEFAULTS, UNLIMITED } from '../src/domain/budget';
import { fromUsd } from '../src/domain/money';
import { monthContaining } from '../src/domain/period';
import { LEAST_RETENTION_DAYS, prunedBefore } from '../src/domain/retention';
import { startEmbedded } from '../src/ground/postgres';
import { postgresHome } from '../src/ground/postgres-home';
import { audit } from '../src/store/audit';
import { perform, type BudgetStore } from '../src/store/budget-store';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { prunePages } from '../src/store/prune-pages';
import { budgetStatus } from '../src/store/reports';
import { fillHistory } from './history';
import { runBench } from './run-bench';

/**
 * How fast a ledger is that has seen so many reservations: one organization, one budget, on an embedded PostgreSQL of its own (fsync
 * on), one caller at a time. `npm run -s bench:growth -- --json --sizes 1000,100000,5000000`; the largest takes some 12 GB of disk.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,100000' },
    calls: { type: 'string', default: '1000' },
    'prune-seconds': { type: 'string', default: '10' },
  },
});

const ORGANIZATION = 'acme';
const BUDGET = 'acme-monthly';
const OPEN_HOLDS = 50;
const MOST_AUDITED = 200_000;

/** Taken in turn by all ledgers, so that whatever else the machine does meets them alike; the first round does not count. */
const ROUNDS = 10;

/** A ledger that has grown. */
interface Ledger {
  readonly reservations: number;
  readonly store: BudgetStore;
  readonly client: Client;
  readonly lastEntryId: number;
  readonly fillSeconds: number;
}

/** Milliseconds, by operation. */
type Samples = Map<string, number[]>;

function quantiles(taken: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = [...taken].sort((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(2));
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

const scopeOf = (organizationId: string) => ({ organizationId, teamId: null, userId: null, agentId: null });

function reserve(store: BudgetStore, key: string, { usd = 0.01, ttlMs = 600_000, organizationId = ORGANIZATION } = {}) {
  const call = scopeOf(organizationId);
  const asked = { call, estimateMicroUsd: fromUsd(usd), ttlMs, fingerprint: key, run: null, startsWork: true };
  return perform(store, organizationId, { kind: 'reserve', key, at: Date.now(), ...asked });
}

function commit(store: BudgetStore, key: string, organizationId = ORGANIZATION) {
  const outcome = { status: 'succeeded' as const, costMicroUsd: fromUsd(0.008) };
  return perform(store, organizationId, { kind: 'commit', key, at: Date.now(), outcome });
}

const THIS_MONTH = { budgetId: BUDGET, periodStart: monthContaining(Date.now(), 'UTC', 1).start };

const OPERATIONS: Record<string, (ledger: Ledger, n: string) => Promise<unknown>> = {
  reserve: ({ store }, n) => reserve(store, `pair-${n}`),
  commit: ({ store }, n) => commit(store, `pair-${n}`),
  status: ({ store }) => budgetStatus(store, ORGANIZATION, BUDGET, Date.now()),
  // As the HTTP API answers one.
  denial: async ({ store }, n) => {
    const answer = await reserve(store, `denied-${n}`, { usd: 900_000 });
    if (answer.status !== 'denied') throw new Error(`A reserve over the limit was ${answer.status}`);
    return store.largestHolds(ORGANIZATION, THIS_MONTH, 5);
  },
  knownKey: ({ store }, n) => reserve(store, `denied-${n}`, { usd: 900_000 }),
  entriesFirstPage: ({ store }) => store.entries(ORGANIZATION, BUDGET, 0, 100),
  entriesLastPage: ({ store, lastEntryId }) => store.entries(ORGANIZATION, BUDGET, lastEntryId, 100),
  sweep: async ({ store }) => {
    const at = Date.now();
    for (const organizationId of await store.sweepableOrganizations(at)) await perform(store, organizationId, { kind: 'expire', at });
  },
};

async function inTurn(ledgers: readonly Ledger[], operations: readonly string[], name: string): Promise<ReadonlyMap<Ledger, Samples>> {
  const found = new Map(ledgers.map((ledger) => [ledger, new Map(operations.map((operation) => [operation, [] as number[]]))]));
  const callsARound = Math.ceil(Number(options.calls) / (ROUNDS - 1));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const operation of operations) {
      for (const [ledger, samples] of found) {
        for (let n = 0; n < callsARound; n += 1) {
          const began = performance.now();
          await OPERATIONS[operation]?.(ledger, `${name}-${String(round)}-${String(n)}`);
          if (round > 0) samples.get(operation)?.push(performance.now() - began);
        }
      }
    }
  }
  return found;
}

/** `reserveP50Ms`, `reserveP99Ms` and so on. */
function figuresOf(samples: Samples | undefined, suffix = ''): Record<string, number> {
  return Object.fromEntries(
    [...(samples ?? [])].flatMap(([operation, taken]) => {
      const { p50Ms, p99Ms } = quantiles(taken);
      return [
        [`${operation}${suffix}P50Ms`, p50Ms],
        [`${operation}${suffix}P99Ms`, p99Ms],
      ];
    }),
  );
}

/** Prunes for some seconds as maintenance does, while one caller goes on. */
async function pruning(store: BudgetStore, seconds: number) {
  const at = Date.now();
  const pages: number[] = [];
  const taken: number[] = [];
  let [holds, entries, isOver] = [0, 0, false];
  const calling = (async () => {
    for (let n = 0; !isOver; n += 1) {
      const began = performance.now();
      await reserve(store, `meanwhile-${String(n)}`);
      taken.push(performance.now() - began);
      await commit(store, `meanwhile-${String(n)}`);
    }
  })();
  const began = performance.now();
  let pageBegan = began;
  for await (const page of prunePages(store, [ORGANIZATION], { at, before: prunedBefore(at, LEAST_RETENTION_DAYS) })) {
    if (page.failure !== null) throw page.failure.error;
    pages.push(performance.now() - pageBegan);
    holds += page.holds;
    entries += page.entries;
    if (performance.now() - began > seconds * 1_000) break;
    pageBegan = performance.now();
  }
  const prunedPerSecond = Math.round(holds / ((performance.now() - began) / 1_000));
  isOver = true;
  await calling;
  const meanwhile = quantiles(taken);
  return {
    prunedHolds: holds,
    prunedEntries: entries,
    prunedPerSecond,
    reserveWhilePruningP50Ms: meanwhile.p50Ms,
    reserveWhilePruningP99Ms: meanwhile.p99Ms,
  };
}

async function bytesOf(client: Client): Promise<{ holdBytes: number; prunedHoldBytes: number | null; databaseMegabytes: number }> {
  const { rows } = await client.query<{ whole: number; pruned: number | null; database: number }>(
    `select (select avg(pg_column_size(h.*))::int from (select * from holds where body ->> 'counted' is null and state = 'committed' limit 1000) h) as whole,
       (select avg(pg_column_size(h.*))::int from (select * from holds where body ->> 'counted' = '[]' and state = 'committed' limit 1000) h) as pruned,
       (pg_database_size(current_database()) / 1e6)::int as database`,
  );
  const [row] = rows;
  return { holdBytes: row?.whole ?? NaN, prunedHoldBytes: row?.pruned ?? null, databaseMegabytes: row?.database ?? NaN };
}

async function assertProven(store: BudgetStore): Promise<void> {
  const [first] = await audit(store, ORGANIZATION);
  if (first !== undefined) throw new Error(`Not proven: ${JSON.stringify(first)}`);
}

/** A ledger of that size, in a database of its own. */
async function grow(server: Client, serverUrl: string, reservations: number): Promise<Ledger> {
  const url = new URL(serverUrl);
  url.pathname = `/growth_${String(reservations)}`;
  await server.query(`create database growth_${String(reservations)}`);
  await migrate(url.href);
  const client = new Client({ connectionString: url.href });
  // Else a server that stops while something has failed would hide what.
  client.on('error', () => undefined);
  await client.connect();
  const store = createPostgresStore(url.href, { maxConnections: 4 });
  const at = Date.now();
  const limits = { ...UNLIMITED, monthlyMicroUsd: fromUsd(100_000), dailyMicroUsd: fromUsd(50_000) };
  for (const organizationId of [ORGANIZATION, 'template']) {
    await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: BUDGET, scope: scopeOf(organizationId), limits }, at);
  }
  await reserve(store, 'template', { organizationId: 'template' });
  await commit(store, 'template', 'template');
  await fillHistory(client, ORGANIZATION, reservations, { organizationId: 'template', budgetId: BUDGET, key: 'template', at });
  const fillSeconds = Math.round((Date.now() - at) / 1_000);
  for (let n = 0; n < OPEN_HOLDS; n += 1) await reserve(store, `open-${String(n)}`, { usd: 0.01 + n / 1_000, ttlMs: 86_400_000 });
  const { rows } = await client.query<{ last: string }>('select max(entry_id) - 1000 as last from entries');
  return { reservations, store, client, lastEntryId: Number(rows[0]?.last), fillSeconds };
}

async function measure(ledgers: readonly Ledger[]) {
  const audited = ledgers.filter(({ reservations }) => reservations <= MOST_AUDITED);
  for (const { store } of audited) await assertProven(store);
  const before = await inTurn(ledgers, Object.keys(OPERATIONS), 'before');
  const whilePruning = new Map<Ledger, object>();
  for (const ledger of ledgers) whilePruning.set(ledger, await pruning(ledger.store, Number(options['prune-seconds'])));
  const after = await inTurn(ledgers, ['reserve', 'commit'], 'after');
  for (const { store } of audited) await assertProven(store);
  const sizes = [];
  for (const ledger of ledgers) {
    const { reservations, fillSeconds } = ledger;
    const figures = { ...figuresOf(before.get(ledger)), ...whilePruning.get(ledger), ...figuresOf(after.get(ledger), 'AfterPruning') };
    sizes.push({ reservations, ...figures, ...(await bytesOf(ledger.client)), fillSeconds });
  }
  return sizes;
}

async function main(folder: string): Promise<void> {
  const postgres = await startEmbedded(await postgresHome(path.join(folder, 'data')), () => undefined);
  const server = new Client({ connectionString: postgres.url });
  server.on('error', () => undefined);
  try {
    await server.connect();
    const ledgers: Ledger[] = [];
    for (const size of options.sizes.split(',').map(Number)) ledgers.push(await grow(server, postgres.url, size));
    const sizes = await measure(ledgers);
    if (options.json) console.log(JSON.stringify({ sizes, node: process.version, cpus: os.cpus().length }));
    else console.table(Object.fromEntries(sizes.map(({ reservations, ...figures }) => [reservations, figures])));
    for (const { store, client } of ledgers) await Promise.all([store.close(), client.end()]);
  } finally {
    await server.end().catch(() => undefined);
    await postgres.stop();
  }
}

runBench(main);
