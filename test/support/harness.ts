import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type TelemetryOptions, type Worker } from '@temporalio/worker';
import { createConnectors } from '../../src/agents/connectors';
import { estimateCostUsd } from '../../src/agents/estimate-cost';
import type { InProcessAgents } from '../../src/agents/in-process';
import { createBudgetClient, type BudgetClient } from '../../src/client';
import { createNotifier } from '../../src/notify/notifier';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createWorker, type BudgetWorkerOptions } from '../../src/worker/create-worker';
import { quietRuntime } from '../../src/worker/quiet-runtime';
import { setting } from './setting';

export interface Harness {
  readonly store: BudgetStore;
  readonly temporal: Client;
  readonly budget: BudgetClient;
  readonly taskQueue: string;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  /** Temporal's; default: the one of all tests. */
  readonly address?: string;
  readonly databaseUrl?: string;
  readonly taskQueue?: string;
  readonly smtpUrl?: string | null;
  /** Default: for ever. */
  readonly retentionDays?: number;
  /** Default: one that may reach everything. */
  readonly outbound?: Outbound;
  /** Default: the workflows as they are. */
  readonly workflowBundle?: BudgetWorkerOptions['workflowBundle'];
  readonly version?: BudgetWorkerOptions['version'];
  /** A user's own, beside `spend`. */
  readonly activities?: BudgetWorkerOptions['activities'];
}

/** A worker on the real servers, with the given agents in its process, on a task queue of its own. */
export async function startHarness(inProcess: InProcessAgents = {}, options: HarnessOptions = {}): Promise<Harness> {
  const { databaseUrl = setting('TEST_DATABASE_URL'), taskQueue = `test-${randomUUID()}`, smtpUrl = null, retentionDays = null } = options;
  const { address = setting('TEST_TEMPORAL_ADDRESS') } = options;
  installQuietRuntime();
  const store = createPostgresStore(databaseUrl, { maxConnections: 10 });
  const outbound = options.outbound ?? createOutbound({ allowPrivateTargets: true });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const temporal = new Client({ connection });
  const worker: Worker = await createWorker({
    connection: native,
    client: temporal,
    taskQueue,
    workflowBundle: options.workflowBundle ?? { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
    ...(options.version && { version: options.version }),
    dependencies: {
      store,
      connectors: createConnectors({ outbound, env: {}, inProcess }),
      estimateCostUsd: (agent, input) => estimateCostUsd(agent, input, inProcess),
      notifier: createNotifier({ outbound, env: {}, smtp: smtpUrl === null ? null : { url: smtpUrl, from: 'budget@example.com' } }),
      retentionDays,
    },
    activities: { spend: (amountUsd: number) => Promise.resolve(amountUsd), ...options.activities },
  });
  const running = worker.run();
  const stop = async () => {
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close(), store.close(), outbound.close()]);
  };
  return { store, temporal, budget: createBudgetClient(temporal, { taskQueue }), taskQueue, stop };
}

let isInstalled = false;

/** The SDK tells of every state of every worker unless it is told not to; once a process. */
export function installQuietRuntime(metrics?: TelemetryOptions['metrics']): void {
  if (isInstalled) return;
  isInstalled = true;
  const telemetryOptions = { ...quietRuntime.telemetryOptions, ...(metrics && { metrics }) };
  Runtime.install({ ...quietRuntime, telemetryOptions, shutdownSignals: [] });
}
