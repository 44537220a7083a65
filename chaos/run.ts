import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../src/ground/ports';
import { fromUsd } from '../src/domain/money';
import { issueKey } from '../src/store/keys';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { serveAgents } from './agents';
import { reachApis, type Apis } from './apis';
import { budgetsFor, MOVING, putAgents } from './budgets';
import { ORGANIZATION, startCallers } from './callers';
import { compare, type Verdict } from './compare';
import { startFaults } from './faults';
import { startGround } from './ground';
import { lastMidnight } from './midnight';
import { planOf, type LimitChange } from './plan';
import { randomOf } from './random';
import { serveReceiver } from './receiver';
import { openRuns, readLedger, recordedCosts } from './records';
import { startService } from './service';
import { settleDown } from './settle-down';

export interface ChaosOptions {
  readonly invocations: number;
  readonly seed: number;
  readonly kills: number;
  readonly temporal: 'dev' | 'full';
  readonly perSecond: number;
  /** A folder that the run has to itself. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

export interface Result extends Verdict {
  readonly seed: number;
  readonly invocations: number;
  readonly kills: number;
  readonly completed: number;
  readonly denied: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly seconds: number;
}

const WORKERS = 3;
const APIS = 2;
/** How far the clocks of the APIs are from midnight when they are started. */
const LEAD_MS = 30_000;
const PATIENCE_MS = 150_000;

/** One run on a ground of its own: everything that it starts, it stops. */
export async function runChaos(options: ChaosOptions): Promise<Result> {
  const { folder, log, invocations, seed } = options;
  const began = performance.now();
  const cleanUps: (() => Promise<unknown>)[] = [];
  try {
    const ground = await startGround(folder, options.temporal, log);
    cleanUps.push(() => ground.stop());
    const [agents, receiver] = await Promise.all([serveAgents(), serveReceiver(randomOf(seed + 3))]);
    cleanUps.push(() => Promise.all([agents.close(), receiver.close()]));
    await migrate(ground.databaseUrl);
    const store = createPostgresStore(ground.databaseUrl);
    cleanUps.push(() => store.close());
    const midnight = lastMidnight(Date.now(), LEAD_MS);
    const budgets = budgetsFor(invocations, receiver, midnight);
    for (const budget of budgets) await store.putBudget(budget, Date.now() - midnight.behindMs);
    await putAgents(store, agents.url);
    const { token } = await issueKey(store, { organizationId: ORGANIZATION, role: 'admin', name: 'chaos' }, Date.now() - midnight.behindMs);

    const env = {
      DATABASE_URL: ground.databaseUrl,
      TEMPORAL_ADDRESS: ground.temporalAddress,
      AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
      AGENT_BUDGET_RATE_LIMIT: '100000',
      AGENT_BUDGET_RATE_BURST: '100000',
      CHAOS_AGENT_KEY: 'none',
    };
    const workers = Array.from({ length: WORKERS }, (_, n) =>
      startService(`worker ${String(n)}`, 'worker', { ...env, AGENT_BUDGET_DATA: path.join(folder, `worker-${String(n)}`) }, folder),
    );
    const ports = await Promise.all(Array.from({ length: APIS }, freePort));
    const late = { CHAOS_CLOCK_BEHIND_MS: String(midnight.behindMs), NODE_OPTIONS: `--require ${path.join(__dirname, 'set-back.js')}` };
    const apiServices = ports.map((port, n) =>
      startService(
        `api ${String(n)}`,
        'api',
        {
          ...env,
          ...late,
          PORT: String(port),
          AGENT_BUDGET_DATA: path.join(folder, `api-${String(n)}`),
        },
        folder,
      ),
    );
    const services = [...workers, ...apiServices];
    cleanUps.push(() => Promise.all(services.map((service) => service.stop())));
    await Promise.all(services.map(({ ready }) => ready));
    log(`${String(WORKERS)} workers and ${String(APIS)} APIs are up`);

    const connection = await Connection.connect({ address: ground.temporalAddress });
    cleanUps.push(() => connection.close());
    const temporal = new Client({ connection });
    const urls = ports.map((port) => `http://127.0.0.1:${String(port)}`);
    const apis = reachApis(urls, token, Math.ceil(midnight.behindMs / 1_000) + 20);
    cleanUps.push(() => apis.close());

    const plan = planOf(seed, invocations, options.perSecond);
    const faults = startFaults(
      plan.faults(),
      { worker: workers, api: apiServices, postgres: [ground.postgres], temporal: [ground.temporal] },
      log,
    );
    const limits = moveLimits(plan.limitChanges(), apis, invocations);
    const callers = startCallers(plan, apis, temporal, agents);
    // Faults for as long as calls begin, and until there were enough of them; what is under way then ends in peace.
    await Promise.all([pause((invocations / options.perSecond) * 1_000), faults.untilKilled(options.kills)]);
    await faults.end();
    const highestMicroUsd = await limits.end();
    log(`${String(faults.kills)} kills; ${String(invocations - callers.outcomes.size)} calls are under way`);
    await callers.done(PATIENCE_MS);
    log(`${String(invocations - callers.outcomes.size)} calls were not answered`);
    await settleDown(store, PATIENCE_MS);

    const unfinished = plan.calls.filter(({ number }) => callers.outcomes.get(number)?.status !== 'completed');
    const inHistories = new Map<string, number[]>();
    for (const { key, way } of unfinished) if (way !== 'direct') inHistories.set(key, await recordedCosts(temporal, key));
    const open = await openRuns(temporal, plan.calls);
    const unanswered = plan.calls.filter(({ number }) => !callers.outcomes.has(number)).map(({ key }) => key);
    const ledger = await readLedger(store, plan.calls);
    const verdict = compare({
      calls: plan.calls,
      outcomes: callers.outcomes,
      agents: agents.records,
      direct: callers.direct,
      inHistories,
      ledger,
      budgets,
      highestMicroUsd,
      told: receiver.told,
      stuck: new Set([...open, ...unanswered]).size,
    });
    const counted = (status: string) => [...callers.outcomes.values()].filter((outcome) => outcome.status === status).length;
    const findings = [
      ...verdict.findings,
      ...[...open, ...unanswered].map((key) => `stuck: ${key}`),
      ...callers.surprises.map((surprise) => `surprise: ${surprise}`),
    ];
    return {
      seed,
      invocations,
      kills: faults.kills,
      completed: counted('completed'),
      denied: counted('denied'),
      failed: counted('failed'),
      cancelled: counted('cancelled'),
      ...verdict,
      findings,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    for (const cleanUp of cleanUps.reverse())
      await cleanUp().catch((error: unknown) => {
        log(String(error));
      });
  }
}

/** Moves the moving budget's limit up and down; the end tells the highest that it ever had. */
function moveLimits(changes: Generator<LimitChange>, apis: Apis, invocations: number): { end(): Promise<number> } {
  const most = 1 + invocations * 0.009;
  let highest = most;
  const isOver = new AbortController();
  const run = async () => {
    for (const { afterMs, share } of changes) {
      await pause(afterMs, undefined, { signal: isOver.signal });
      const limit = Math.round(most * share * 100) / 100;
      highest = Math.max(highest, limit);
      // An outage keeps it as it is, or not: nobody knows.
      await apis.request('PATCH', `/api/v1/budgets/${MOVING}`, { monthly_budget_usd: limit }).catch(() => undefined);
    }
  };
  const running = run().catch((error: unknown) => {
    if (!isOver.signal.aborted) throw error;
  });
  return {
    end: async () => {
      isOver.abort();
      await running;
      return fromUsd(highest);
    },
  };
}
