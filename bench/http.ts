import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config';
import { BUDGET_DEFAULTS, UNLIMITED } from '../src/domain/budget';
import { fromUsd } from '../src/domain/money';
import { startPostgres } from '../src/ground/postgres';
import { NEVER } from '../src/ground/stopping';
import { audit } from '../src/store/audit';
import { issueKey } from '../src/store/keys';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { ACTUAL_USD, runLifecycles, type Load } from './http-load';
import type { ServerState } from './http-server';
import { machine, median, quantile, rounded } from './measure';
import { runBench } from './run-bench';

/**
 * How many reservations a second the HTTP API takes on one shared budget, and how long a request takes: real server processes, on a
 * PostgreSQL of its own (fsync on). `npm run -s bench:http -- --json --lifecycles 10000 --runs 3`; `--profile FOLDER` keeps the servers'
 * CPU profiles.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    lifecycles: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '3' },
    profile: { type: 'string' },
  },
});
const CASES = [1, 2].flatMap((processes) => [16, 50].map((connections) => ({ processes, connections })));
type Case = (typeof CASES)[number];

const ORGANIZATION = 'acme';
const BUDGET = 'shared';

interface Measured {
  readonly lifecyclesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Of the servers, for a request. */
  readonly cpuMicrosPerRequest: number;
  readonly lifecycles: number;
}

interface Server {
  readonly url: string;
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

async function startServer(databaseUrl: string, dataFolder: string): Promise<Server> {
  const child = fork(path.join(__dirname, 'http-server.js'), {
    execArgv: ['--enable-source-maps', ...(options.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', options.profile])],
    env: {
      ...readConfig().environment,
      DATABASE_URL: databaseUrl,
      AGENT_BUDGET_DATA: dataFolder,
      HOST: '127.0.0.1',
      PORT: '0',
      AGENT_BUDGET_RATE_LIMIT: '999999',
      AGENT_BUDGET_RATE_BURST: '999999',
    },
  });
  const exited = once(child, 'exit');
  const state = async (): Promise<ServerState> => {
    const died = exited.then(([code]) => Promise.reject(new Error(`A server ended (${String(code)})`)));
    const [told] = (await Promise.race([once(child, 'message'), died])) as [ServerState];
    return told;
  };
  const { url } = await state();
  return {
    url,
    cpuMicros: async () => {
      child.send('');
      return (await state()).cpuMicros;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function measure(servers: readonly Server[], token: string, { processes, connections }: Case, wanted: number): Promise<Measured> {
  const asked = servers.slice(0, processes);
  const cpuMicros = async () => (await Promise.all(asked.map((server) => server.cpuMicros()))).reduce((sum, micros) => sum + micros, 0);
  const before = await cpuMicros();
  const loads = await Promise.all(asked.map(({ url }) => runLifecycles({ url, token }, connections / processes, wanted / processes)));
  return measured(loads, (await cpuMicros()) - before);
}

function measured(loads: readonly Load[], cpuMicros: number): Measured {
  const seconds = Math.max(...loads.map((load) => load.seconds));
  const lifecycles = loads.reduce((sum, load) => sum + load.lifecycles, 0);
  const latencies = loads.flatMap((load) => load.latenciesMs);
  return {
    lifecyclesPerSecond: Math.round(lifecycles / seconds),
    requestsPerSecond: Math.round(latencies.length / seconds),
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    errors: loads.reduce((sum, load) => sum + load.errors, 0),
    cpuMicrosPerRequest: Math.round(cpuMicros / latencies.length),
    lifecycles,
  };
}

function medians(runs: readonly Measured[]): Omit<Measured, 'lifecycles'> {
  const of = (name: keyof Measured) => median(runs.map((run) => run[name]));
  return {
    lifecyclesPerSecond: of('lifecyclesPerSecond'),
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    errors: runs.reduce((sum, run) => sum + run.errors, 0),
    cpuMicrosPerRequest: of('cpuMicrosPerRequest'),
  };
}

/** Prepares the ledger, runs all cases in turns, so that what else the machine does hits them alike, and proves the ledger afterwards. */
async function runCases(databaseUrl: string, dataFolder: string) {
  const store = createPostgresStore(databaseUrl);
  const scope = { organizationId: ORGANIZATION, teamId: null, userId: null, agentId: null };
  const limits = { ...UNLIMITED, monthlyMicroUsd: fromUsd(1_000_000_000) };
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: BUDGET, scope, limits }, Date.now());
  const { token } = await issueKey(store, { organizationId: ORGANIZATION, role: 'invoke', name: 'bench' }, Date.now());
  const servers: Server[] = [];
  try {
    for (let n = 0; n < 2; n += 1) servers.push(await startServer(databaseUrl, dataFolder));
    const wanted = Number(options.lifecycles);
    const warmUp = await measure(servers, token, { processes: 2, connections: 50 }, wanted);
    const runs = CASES.map((): Measured[] => []);
    for (let run = 0; run < Number(options.runs); run += 1) {
      for (const [n, one] of CASES.entries()) runs[n]?.push(await measure(servers, token, one, wanted));
    }
    const all = [warmUp, ...runs.flat()];
    const errors = all.reduce((sum, run) => sum + run.errors, 0);
    if (errors > 0) throw new Error(`${String(errors)} requests were not answered as they should be`);
    await prove(
      store,
      all.reduce((sum, run) => sum + run.lifecycles, 0),
    );
    return CASES.map((one, n) => ({ ...one, ...medians(runs[n] ?? []) }));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await store.close();
  }
}

/** Throws unless the ledger proves itself, and holds exactly what was committed. */
async function prove(store: ReturnType<typeof createPostgresStore>, lifecycles: number): Promise<void> {
  const differences = await audit(store, ORGANIZATION);
  const spent = (await store.balances(ORGANIZATION, BUDGET, 0)).reduce((sum, { month }) => sum + month.spentMicroUsd, 0);
  const committed = lifecycles * fromUsd(ACTUAL_USD);
  if (differences.length > 0) throw new Error(`The audit found ${JSON.stringify(differences)}`);
  if (spent !== committed) throw new Error(`Committed were ${String(committed)} micro-USD, and spent are ${String(spent)}`);
}

async function main(folder: string): Promise<void> {
  const dataFolder = path.join(folder, 'data');
  const postgres = await startPostgres({ databaseUrl: null, dataFolder }, () => undefined, NEVER);
  try {
    await migrate(postgres.url);
    const cases = await runCases(postgres.url, dataFolder);
    if (options.json)
      console.log(JSON.stringify({ cases, lifecycles: Number(options.lifecycles), runs: Number(options.runs), ...machine() }));
    else console.table(cases);
  } finally {
    await postgres.stop();
  }
}

runBench(main);
