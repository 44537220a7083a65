import type { DataConverter } from '@temporalio/common';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { syncSchedules } from '../../activities';
import { createConnectors } from '../agents/connectors';
import type { Config } from '../config';
import { encryptionFrom } from '../encryption';
import type { Ground } from '../ground/ground';
import { unlessStopped } from '../ground/stopping';
import { createNotifier } from '../notify/notifier';
import { createOutbound, type Outbound } from '../outbound/outbound';
import { workflowBundle } from '../worker/bundle';
import { createWorker } from '../worker/create-worker';
import { createResetSchedules } from '../worker/reset-schedules';
import { quietRuntime } from '../worker/quiet-runtime';
import { estimateUsd, inProcess, reachServers, type Servers } from './servers';

/** A worker that runs, on servers that are reached. */
export interface Service extends Omit<Servers, 'close'> {
  /** Makes the Schedules of zones that came into use now, rather than within half a minute. */
  scheduleResets(): Promise<void>;
  /** Rejects if the worker breaks. */
  readonly running: Promise<void>;
  /** Drains: runs in flight get their grace, then all that was started is stopped. */
  stop(): Promise<void>;
}

// The usual ones are milliseconds, from 50 on: no cost of a call would be in the first.
const histogramBucketOverrides = { agent_budget_charged_usd: [0.001, 0.01, 0.1, 1, 10, 100] };

/** Brings a worker up on whatever ground is found. What came up before something failed, or `stopping` aborted, is stopped again. */
export async function startService(findGround: () => Promise<Ground>, config: Config, stopping: AbortSignal): Promise<Service> {
  const { metricsAddress } = config;
  // Before any server is started: unusable keys are told at once.
  const dataConverter = await encryptionFrom(config);
  const metrics = metricsAddress !== null && { metrics: { prometheus: { bindAddress: metricsAddress, histogramBucketOverrides } } };
  // We drain by ourselves: the SDK must not react to the signals too.
  Runtime.install({ ...quietRuntime, telemetryOptions: { ...quietRuntime.telemetryOptions, ...metrics }, shutdownSignals: [] });
  const bundling = workflowBundle(dataConverter);
  bundling.catch(() => undefined);
  const servers = await reachServers(await findGround(), config, dataConverter, stopping);
  try {
    const bundle = await unlessStopped(stopping, bundling);
    return await startWorker(servers, config, { bundle, dataConverter }, stopping);
  } catch (error) {
    await servers.close();
    throw error;
  }
}

/** What a worker runs, and how it reads and writes what is in Temporal. */
interface Made {
  readonly bundle: { readonly code: string };
  readonly dataConverter: DataConverter | undefined;
}

async function startWorker(servers: Servers, config: Config, made: Made, stopping: AbortSignal): Promise<Service> {
  const outbound = createOutbound({ allowPrivateTargets: config.allowPrivateTargets });
  const connecting = NativeConnection.connect({ address: servers.ground.temporal.address });
  try {
    const connection = await unlessStopped(stopping, connecting);
    const worker = await unlessStopped(stopping, workerOn({ connection, outbound }, servers, config, made));
    return runOn({ connection, outbound }, servers, config, worker);
  } catch (error) {
    // It may come when nobody wants it any more, or never.
    const closed = connecting.then((connection) => connection.close()).catch(() => undefined);
    await Promise.all([stopping.aborted ? undefined : closed, outbound.close()]);
    throw error;
  }
}

/** What a worker takes besides its servers. */
interface Own {
  readonly connection: NativeConnection;
  readonly outbound: Outbound;
}

function workerOn({ connection, outbound }: Own, servers: Servers, config: Config, { bundle, dataConverter }: Made): Promise<Worker> {
  const { ground, store, temporal: client } = servers;
  const { taskQueue, environment: env, smtp, worker: limits, workerVersion: version, retentionDays } = config;
  const dependencies = {
    store,
    connectors: createConnectors({ outbound, env, inProcess }),
    estimateCostUsd: estimateUsd,
    notifier: createNotifier({ outbound, env, smtp }),
    retentionDays,
  };
  return createWorker({
    ...{ connection, client, namespace: ground.temporal.namespace, taskQueue, workflowBundle: bundle, limits, dependencies },
    ...(version && { version }),
    ...(dataConverter && { dataConverter }),
  });
}

function runOn({ connection, outbound }: Own, servers: Servers, { taskQueue }: Config, worker: Worker): Service {
  const running = worker.run();
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch(() => undefined);
    await Promise.all([connection.close(), outbound.close()]);
    await servers.close();
  };
  const scheduleResets = async () => {
    await syncSchedules(servers.store, createResetSchedules(servers.temporal, taskQueue));
  };
  return { ...servers, scheduleResets, running, stop };
}
