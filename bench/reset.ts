import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { readConfig } from '../src/config';
import type { ResetProgress } from '../src/contract/payloads/reset';
import { startGround } from '../src/ground/ground';
import { freePort } from '../src/ground/ports';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { workflowBundle } from '../src/worker/bundle';
import { createWorker } from '../src/worker/create-worker';
import { letMonthPass, putBudgets } from './months';
import { runBench } from './run-bench';
import { quietRuntime } from '../src/worker/quiet-runtime';

/**
 * How long a monthly reset of many budgets takes, and how long its histories get: on servers of its own, months of real budgets
 * in PostgreSQL (fsync on), closed by real runs. `npm run -s bench:reset -- --json --budgets 10000 --months 3`; budgets come in organizations of 500.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    budgets: { type: 'string', default: '10000' },
    months: { type: 'string', default: '3' },
  },
});
const BUDGETS_AN_ORGANIZATION = 500;

interface Month {
  readonly seconds: number;
  readonly closed: number;
  readonly pages: number;
  /** The events in the history of each run: the reset's, then those of its paging child. */
  readonly events: readonly number[];
}

async function closeMonth(client: Client, taskQueue: string): Promise<Month> {
  const workflowId = `reset-${String(Date.now())}`;
  const began = performance.now();
  const { firstExecutionRunId, ...reset } = await client.workflow.start('monthlyReset', { workflowId, taskQueue, args: [] });
  const { budgets, pages } = (await reset.result()) as ResetProgress;
  const seconds = (performance.now() - began) / 1_000;
  const events = [await eventsOf(client, workflowId, firstExecutionRunId)];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}/${firstExecutionRunId}'` })) {
    events.push(await eventsOf(client, run.workflowId, run.runId));
  }
  return { seconds, closed: budgets, pages, events };
}

async function eventsOf(client: Client, workflowId: string, runId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events?.length ?? 0;
}

function report(months: readonly Month[]): void {
  const seconds = months.map((month) => month.seconds).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] ?? NaN;
  const summary = {
    budgets: months[0]?.closed ?? 0,
    medianSeconds: Number(median.toFixed(1)),
    budgetsPerSecond: Math.round((months[0]?.closed ?? 0) / median),
    mostEvents: Math.max(...months.flatMap(({ events }) => events)),
    months,
    node: process.version,
    cpus: os.cpus().length,
  };
  if (options.json) {
    console.log(JSON.stringify(summary));
    return;
  }
  console.table(months.map(({ events, ...month }) => ({ ...month, seconds: month.seconds.toFixed(1), events: events.join(' + ') })));
  console.log(`median ${String(summary.medianSeconds)} s, ${String(summary.budgetsPerSecond)} budgets/s`);
}

async function main(folder: string): Promise<void> {
  Runtime.install({ ...quietRuntime, shutdownSignals: [] });
  const ports = { temporalPort: await freePort(), temporalUiPort: await freePort() };
  const config = { ...readConfig(), ...ports, dataFolder: path.join(folder, 'data'), databaseUrl: null, temporalAddress: null };
  const ground = await startGround(config, () => undefined);
  const { address } = ground.temporal;
  try {
    await migrate(ground.postgres.url);
    const store = createPostgresStore(ground.postgres.url);
    const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
    const client = new Client({ connection });
    const dependencies = { store, connectors: { run: () => Promise.reject(new Error('no agent runs here')) }, estimateCostUsd: () => 1 };
    const worker = await createWorker({ connection: native, client, dependencies, workflowBundle: await workflowBundle() });
    const months: Month[] = [];
    await worker.runUntil(async () => {
      await putBudgets(store, Number(options.budgets) / BUDGETS_AN_ORGANIZATION, BUDGETS_AN_ORGANIZATION, Date.now());
      for (let month = 0; month < Number(options.months); month += 1) {
        await letMonthPass(ground.postgres.url);
        months.push(await closeMonth(client, worker.options.taskQueue));
      }
    });
    report(months);
    await Promise.all([native.close(), connection.close(), store.close()]);
  } finally {
    await ground.stop();
  }
}

runBench(main);
