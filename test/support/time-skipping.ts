import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities, type Activities } from '../../activities';
import type { BudgetStore } from '../../src/store/budget-store';
import type { Notifier } from '../../src/notify/notifier';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { installQuietRuntime } from './harness';
import { setting } from './setting';

export const TIME_QUEUE = 'time';

/** A time-skipping server with a worker on the given ledger, without agents. */
export interface SkippingTime {
  /** Awaits results without letting time pass; only `sleep` does. */
  readonly client: Client;
  now(): Promise<number>;
  sleep(ms: number): Promise<void>;
  sleepUntil(at: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SkippingTimeOptions {
  /** When the worker begins; default: the server's own time. */
  readonly begin?: number;
  /** Lays something over the product's activities. */
  readonly watch?: (activities: Activities) => Activities;
  /** By which alerts are sent; default: nobody is told. */
  readonly notifier?: Notifier;
}

export async function startSkippingTime(
  store: BudgetStore,
  { begin = 0, watch = (all) => all, notifier }: SkippingTimeOptions = {},
): Promise<SkippingTime> {
  installQuietRuntime();
  const environment = await startServer();
  const sleepUntil = async (at: number) => {
    const ms = at - (await environment.currentTimeMs());
    if (ms > 0) await environment.sleep(ms);
  };
  // The environment's own client would let time skip while a result is awaited.
  const client = new Client({ connection: environment.connection });
  const alerting = notifier === undefined ? {} : { notifier, namespaceId: randomUUID(), pokeAlerts: createAlertPokes(client, TIME_QUEUE) };
  const connectors = { run: () => Promise.reject(new Error('no agent runs here')) };
  const worker = await sleepUntil(begin)
    .then(() =>
      Worker.create({
        connection: environment.nativeConnection,
        taskQueue: TIME_QUEUE,
        workflowBundle: { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
        activities: watch(createActivities({ store, connectors, estimateCostUsd: () => 1, ...alerting })),
        // So that a test that got stuck can be ended.
        shutdownForceTime: '5s',
      }),
    )
    .catch(async (error: unknown) => {
      await environment.teardown();
      throw error;
    });
  const running = worker.run();
  // A worker that breaks shows in `stop`; until then, it must not end the process.
  running.catch(() => undefined);
  return {
    client,
    now: () => environment.currentTimeMs(),
    sleep: (ms) => environment.sleep(ms),
    sleepUntil,
    stop: async () => {
      worker.shutdown();
      await running.finally(() => environment.teardown());
    },
  };
}

/** The SDK gives the server five seconds to start, which a loaded machine may need for other things. */
async function startServer(tries = 3): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: setting('TEST_TIME_SKIPPING_SERVER') } },
    });
  } catch (error) {
    if (tries === 1 || !String(error).includes('did not start within')) throw error;
    return startServer(tries - 1);
  }
}
