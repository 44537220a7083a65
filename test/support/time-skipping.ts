import { readFileSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import type { BudgetStore } from '../../src/store/budget-store';
import { installQuietRuntime, setting } from './harness';

export const TIME_QUEUE = 'time';

/** A time-skipping server with a worker on the given ledger, without agents. */
export interface SkippingTime {
  /** Awaits results without letting time pass; only `sleep` does. */
  readonly client: Client;
  readonly environment: TestWorkflowEnvironment;
  now(): Promise<number>;
  sleep(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startSkippingTime(store: BudgetStore): Promise<SkippingTime> {
  installQuietRuntime();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: setting('TEST_TIME_SKIPPING_SERVER') } },
  });
  const connectors = { run: () => Promise.reject(new Error('no agent runs here')) };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: TIME_QUEUE,
    workflowBundle: { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
    activities: createActivities({ store, connectors, estimateCostUsd: () => 1 }),
  });
  const running = worker.run();
  return {
    client: new Client({ connection: environment.connection }),
    environment,
    now: () => environment.currentTimeMs(),
    sleep: (ms) => environment.sleep(ms),
    stop: async () => {
      worker.shutdown();
      await running;
      await environment.teardown();
    },
  };
}
