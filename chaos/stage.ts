import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Budget } from '../src/domain/budget';
import { unlessStopped } from '../src/ground/stopping';
import type { BudgetStore } from '../src/store/budget-store';
import { issueKey } from '../src/store/keys';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { serveAgents, type Agents } from './agents';
import { reachApis, type Apis } from './apis';
import { budgetsFor, putAgents } from './budgets';
import { startGround, type Ground } from './ground';
import { lowPorts } from './low-ports';
import { lastMidnight, type Midnight } from './midnight';
import { organizations, type Organization, type Plan, type Target } from './plan';
import { randomOf } from './random';
import { serveReceiver, type Receiver } from './receiver';
import { startService, type Service } from './service';
import type { Victim } from './victim';
import { callWitness, type Witness } from './witness';

export interface StageOptions {
  readonly seed: number;
  readonly temporal: 'dev' | 'full';
  /** A folder that the run has to itself. */
  readonly folder: string;
  readonly log: (line: string) => void;
  /** Ends the run before its time. */
  readonly signal: AbortSignal;
}

/** All that runs, and how it is reached. */
export interface Stage {
  readonly store: BudgetStore;
  readonly witness: Witness;
  readonly temporal: Client;
  readonly apis: Apis;
  readonly agents: Agents;
  readonly receiver: Receiver;
  readonly budgets: ReadonlyMap<Organization, readonly Budget[]>;
  readonly victims: Readonly<Record<Target, readonly Victim[]>>;
  /** Sets the clocks of the APIs so long before midnight, and returns how far behind they are then. */
  setClocks(leadMs: number): number;
}

const WORKERS = 3;
const APIS = 2;
/** The budgets are there before midnight, by whatever clock. */
const EARLY_MS = 3_600_000;

/** Brings it all up. What is to be done in the end is added to `cleanUps`, also where something fails on the way. */
export async function setStage(plan: Plan, options: StageOptions, cleanUps: (() => Promise<unknown>)[]): Promise<Stage> {
  const { folder, log, seed, signal } = options;
  const ground = await startGround(folder, options.temporal, log);
  cleanUps.push(() => ground.stop());
  signal.throwIfAborted();
  const [agents, receiver] = await Promise.all([serveAgents(plan.calls), serveReceiver(randomOf(seed, 'receiver'))]);
  cleanUps.push(() => Promise.all([agents.close(), receiver.close()]));
  await migrate(ground.databaseUrl);
  const store = createPostgresStore(ground.databaseUrl);
  cleanUps.push(() => store.close());
  const witness = await callWitness(ground.databaseUrl);
  cleanUps.push(() => witness.close());

  const midnight = lastMidnight(Date.now());
  const { budgets, tokens } = await furnish(store, plan, { midnight, receiver, agents });
  signal.throwIfAborted();

  const clockFile = path.join(folder, 'clock-behind-ms');
  const { workers, apis, urls } = await startServices(ground, { clockFile, folder, signal }, cleanUps);
  log(`${String(workers.length)} workers and ${String(apis.length)} APIs are up`);
  const connection = await Connection.connect({ address: ground.temporalAddress });
  // What is under way when a run is stopped would throw where nobody catches; the process ends then anyway.
  cleanUps.push(() => (signal.aborted ? Promise.resolve() : connection.close()));
  const reached = reachApis(urls, tokens);
  cleanUps.push(() => reached.close());
  const victims = { worker: workers, api: apis, postgres: [ground.postgres], temporal: [ground.temporal] };
  const setClocks = (leadMs: number) => {
    const behindMs = Date.now() - midnight.at + leadMs;
    // Whole at once: whoever read an empty file would take it for 0, and keep that.
    writeFileSync(`${clockFile}.new`, String(behindMs));
    renameSync(`${clockFile}.new`, clockFile);
    return behindMs;
  };
  return { store, witness, temporal: new Client({ connection }), apis: reached, agents, receiver, budgets, victims, setClocks };
}

interface Furniture {
  readonly midnight: Midnight;
  readonly receiver: Receiver;
  readonly agents: Agents;
}

/** Every organization's budgets, agents, and key. */
async function furnish(store: BudgetStore & Parameters<typeof issueKey>[0], { calls }: Plan, { midnight, receiver, agents }: Furniture) {
  const beganAt = midnight.at - EARLY_MS;
  const budgets = new Map<Organization, readonly Budget[]>();
  const tokens: Partial<Record<Organization, string>> = {};
  for (const organizationId of organizations) {
    const its = budgetsFor(organizationId, calls, receiver, midnight);
    for (const budget of its) await store.putBudget(budget, beganAt);
    await putAgents(store, organizationId, agents.url);
    budgets.set(organizationId, its);
    tokens[organizationId] = (await issueKey(store, { organizationId, role: 'admin', name: 'chaos' }, beganAt)).token;
  }
  return { budgets, tokens: tokens as Record<Organization, string> };
}

interface Place {
  readonly clockFile: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function startServices(ground: Ground, { clockFile, folder, signal }: Place, cleanUps: (() => Promise<unknown>)[]) {
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
  const late = { CHAOS_CLOCK_FILE: clockFile, NODE_OPTIONS: `--require ${path.join(__dirname, 'set-back.js')}` };
  const ports = await lowPorts(APIS);
  const workers = Array.from({ length: WORKERS }, (_, n) => start('worker', n));
  const apis = ports.map((port, n) => start('api', n, { ...late, PORT: String(port) }));
  cleanUps.push(() => Promise.all([...workers, ...apis].map((service) => service.stop())));
  await unlessStopped(signal, Promise.all([...workers, ...apis].map(({ ready }) => ready)));
  return { workers, apis, urls: ports.map((port) => `http://127.0.0.1:${String(port)}`) };
}
