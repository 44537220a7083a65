import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { syncSchedules } from '../../activities';
import { createConnectors } from '../agents/connectors';
import { estimateCostUsd } from '../agents/estimate-cost';
import { summarizer } from '../agents/summarizer';
import { createBudgetClient, type BudgetClient } from '../client';
import type { Config } from '../config';
import type { AgentDefinition } from '../contract/schemas/agent';
import { startGround, type Ground } from '../ground/ground';
import { createNotifier } from '../notify/notifier';
import { createOutbound } from '../outbound/outbound';
import type { BudgetStore } from '../store/budget-store';
import { ensureSchema } from '../store/postgres/ensure-schema';
import { createPostgresStore } from '../store/postgres/postgres-store';
import { workflowBundle } from '../worker/bundle';
import { createWorker } from '../worker/create-worker';
import { createResetSchedules } from '../worker/reset-schedules';
import { quietRuntime } from '../worker/quiet-runtime';

/** Everything up: ground, ledger, worker, and a client to use them with. */
export interface Service {
  readonly ground: Ground;
  readonly store: BudgetStore;
  readonly client: BudgetClient;
  /** Makes the Schedules of zones that came into use now, rather than within half a minute. */
  scheduleResets(): Promise<void>;
  estimateUsd(agent: AgentDefinition, input: unknown): number;
  /** Rejects if the worker breaks. */
  readonly running: Promise<void>;
  /** Drains: runs in flight get their grace, then all that was started is stopped. */
  stop(): Promise<void>;
}

const inProcess = { summarizer };

/** Brings everything up. What came up before something failed is stopped again. */
export function startService(config: Config, log: (line: string) => void): Promise<Service> {
  return serveOn(() => startGround(config, log), config);
}

/** Brings a worker up on whatever ground is found. */
export async function serveOn(findGround: () => Promise<Ground>, config: Config): Promise<Service> {
  // We drain by ourselves: the SDK must not react to the signals too.
  Runtime.install({ ...quietRuntime, shutdownSignals: [] });
  const bundling = workflowBundle();
  bundling.catch(() => undefined);
  const ground = await findGround();
  try {
    return await startOn(ground, config, await bundling);
  } catch (error) {
    await ground.stop();
    throw error;
  }
}

async function startOn(ground: Ground, config: Config, bundle: { code: string }): Promise<Service> {
  const { address, namespace } = ground.temporal;
  const { taskQueue } = config;
  await ensureSchema(ground.postgres.url);
  const store = createPostgresStore(ground.postgres.url);
  const outbound = createOutbound({ allowPrivateTargets: config.allowPrivateTargets });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const client = new Client({ connection, namespace });
  const estimateUsd = (agent: AgentDefinition, input: unknown) => estimateCostUsd(agent, input, inProcess);
  const worker = await createWorker({
    connection: native,
    client,
    namespace,
    taskQueue,
    workflowBundle: bundle,
    dependencies: {
      store,
      connectors: createConnectors({ outbound, env: config.environment, inProcess }),
      estimateCostUsd: estimateUsd,
      notifier: createNotifier({ outbound, env: config.environment, smtp: config.smtp }),
    },
  });
  const running = worker.run();
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch(() => undefined);
    await Promise.all([native.close(), connection.close(), store.close(), outbound.close()]);
    await ground.stop();
  };
  const scheduleResets = async () => {
    await syncSchedules(store, createResetSchedules(client, taskQueue));
  };
  return { ground, store, client: createBudgetClient(client, { taskQueue }), scheduleResets, estimateUsd, running, stop };
}
