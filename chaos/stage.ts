import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Budget } from '../src/domain/budget';
import type { BudgetStore } from '../src/store/budget-store';
import { issueKey } from '../src/store/keys';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { serveAgents, type Agents } from './agents';
import { reachApis, type Apis } from './apis';
import { budgetsFor, putAgents } from './budgets';
import { ORGANIZATION } from './callers';
import { startGround, type Ground } from './ground';
import { lowPorts } from './low-ports';
import { lastMidnight, type Midnight } from './midnight';
import type { Target } from './plan';
import { randomOf } from './random';
import { serveReceiver, type Receiver } from './receiver';
import { startService, type Service } from './service';
import type { Victim } from './victim';

export interface StageOptions {
  readonly invocations: number;
  readonly seed: number;
  readonly temporal: 'dev' | 'full';
  /** A folder that the run has to itself. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** All that runs, and how it is reached. */
export interface Stage {
  readonly store: BudgetStore;
  readonly temporal: Client;
  readonly apis: Apis;
  readonly agents: Agents;
  readonly receiver: Receiver;
  readonly budgets: readonly Budget[];
  readonly victims: Readonly<Record<Target, readonly Victim[]>>;
}

const WORKERS = 3;
const APIS = 2;
/** How far the clocks of the APIs are from midnight when they are started. */
const LEAD_MS = 30_000;

/** Brings it all up. What is to be done in the end is added to `cleanUps`, also where something fails on the way. */
export async function setStage(options: StageOptions, cleanUps: (() => Promise<unknown>)[]): Promise<Stage> {
  const { folder, log, invocations, seed } = options;
  const ground = await startGround(folder, options.temporal, log);
  cleanUps.push(() => ground.stop());
  const [agents, receiver] = await Promise.all([serveAgents(), serveReceiver(randomOf(seed + 3))]);
  cleanUps.push(() => Promise.all([agents.close(), receiver.close()]));
  await migrate(ground.databaseUrl);
  const store = createPostgresStore(ground.databaseUrl);
  cleanUps.push(() => store.close());

  const midnight = lastMidnight(Date.now(), LEAD_MS);
  const beganAt = Date.now() - midnight.behindMs;
  const budgets = budgetsFor(invocations, receiver, midnight);
  for (const budget of budgets) await store.putBudget(budget, beganAt);
  await putAgents(store, agents.url);
  const { token } = await issueKey(store, { organizationId: ORGANIZATION, role: 'admin', name: 'chaos' }, beganAt);

  const { workers, apis, urls } = await startServices(ground, midnight, folder, cleanUps);
  log(`${String(workers.length)} workers and ${String(apis.length)} APIs are up`);
  const connection = await Connection.connect({ address: ground.temporalAddress });
  cleanUps.push(() => connection.close());
  const reached = reachApis(urls, token, Math.ceil(midnight.behindMs / 1_000) + 20);
  cleanUps.push(() => reached.close());
  const victims = { worker: workers, api: apis, postgres: [ground.postgres], temporal: [ground.temporal] };
  return { store, temporal: new Client({ connection }), apis: reached, agents, receiver, budgets, victims };
}

async function startServices(ground: Ground, { behindMs }: Midnight, folder: string, cleanUps: (() => Promise<unknown>)[]) {
  const env = {
    DATABASE_URL: ground.databaseUrl,
    TEMPORAL_ADDRESS: ground.temporalAddress,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    AGENT_BUDGET_RATE_LIMIT: '100000',
    AGENT_BUDGET_RATE_BURST: '100000',
    AGENT_BUDGET_DRAIN_SECONDS: '1',
    CHAOS_AGENT_KEY: 'none',
  };
  const start = (kind: 'worker' | 'api', n: number, more: Readonly<Record<string, string>> = {}): Service => {
    const name = `${kind}-${String(n)}`;
    return startService(name, kind, { ...env, ...more, AGENT_BUDGET_DATA: path.join(folder, name) }, folder);
  };
  const late = { CHAOS_CLOCK_BEHIND_MS: String(behindMs), NODE_OPTIONS: `--require ${path.join(__dirname, 'set-back.js')}` };
  const ports = await lowPorts(APIS);
  const workers = Array.from({ length: WORKERS }, (_, n) => start('worker', n));
  const apis = ports.map((port, n) => start('api', n, { ...late, PORT: String(port) }));
  cleanUps.push(() => Promise.all([...workers, ...apis].map((service) => service.stop())));
  await Promise.all([...workers, ...apis].map(({ ready }) => ready));
  return { workers, apis, urls: ports.map((port) => `http://127.0.0.1:${String(port)}`) };
}
