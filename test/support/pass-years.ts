import { readFileSync } from 'node:fs';
import { Client, TimeoutFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import type { PageRequest, ResetRequest } from '../../src/contract/payloads/reset';
import type { BudgetStore } from '../../src/store/budget-store';
import { installQuietRuntime, setting } from './harness';
import { BEGIN, type Year } from './year';
import { MINUTE, type Call } from './year-calls';

export interface YearsToPass {
  /** When the resets of each zone ran, by their own clock, each once. */
  readonly resets: ReadonlyMap<string, ReadonlySet<number>>;
  /** Starts the crons, then every call when its time has come. Returns how each ended, after `until`. */
  pass(years: readonly Year[], until: number): Promise<ReadonlyMap<Call, unknown>>;
  stop(): Promise<void>;
}

const TASK_QUEUE = 'year';

/** A Temporal server whose clock skips, at the beginning of the years, and a worker. */
export async function startYears(store: BudgetStore): Promise<YearsToPass> {
  installQuietRuntime();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: setting('TEST_TIME_SKIPPING_SERVER') } },
  });
  const sleepUntil = async (at: number) => {
    const ms = at - (await environment.currentTimeMs());
    if (ms > 0) await environment.sleep(ms);
  };
  // The environment's own client would let time skip while a result is awaited.
  const client = new Client({ connection: environment.connection });
  const resets = new Map<string, Set<number>>();
  const worker = await sleepUntil(BEGIN)
    .then(() => createWorker(environment, store, resets))
    .catch(async (error: unknown) => {
      await environment.teardown();
      throw error;
    });
  const running = worker.run();
  // A worker that breaks shows in `stop`; until then, it must not end the process.
  running.catch(() => undefined);

  return {
    resets,
    // One thing after the other: nothing but sleepUntil lets time skip, and never twice at once.
    pass: async (years, until) => {
      for (const { organizationId, plan } of years) {
        const args = [{ timeZone: plan.timeZone } satisfies ResetRequest];
        const workflowId = `reset/${organizationId}`;
        await client.workflow.start('monthlyReset', { workflowId, taskQueue: TASK_QUEUE, cronSchedule: plan.cron, args });
      }
      const handles = new Map<Call, WorkflowHandle>();
      const calls = years.flatMap(({ organizationId, calls }) => calls.map((call) => ({ organizationId, call })));
      for (const { organizationId, call } of calls.sort((a, b) => a.call.startsAt - b.call.startsAt)) {
        await sleepUntil(call.startsAt);
        const handle = await startCall(client, `call/${String(handles.size)}`, organizationId, call);
        handles.set(call, handle);
        // What it is told must not depend on what starts in the same instant.
        if (call.denied !== null) await handle.result();
      }
      await sleepUntil(until);
      const outcomes = new Map<Call, unknown>();
      for (const [call, handle] of handles) outcomes.set(call, await outcomeOf(handle));
      return outcomes;
    },
    stop: async () => {
      worker.shutdown();
      await running.finally(() => environment.teardown());
    },
  };
}

function createWorker(
  { nativeConnection }: TestWorkflowEnvironment,
  store: BudgetStore,
  resets: Map<string, Set<number>>,
): Promise<Worker> {
  const connectors = { run: () => Promise.reject(new Error('no agent runs here')) };
  const activities = createActivities({ store, connectors, estimateCostUsd: () => 1 });
  const closePage = (request: PageRequest) => {
    resets.set(request.timeZone, (resets.get(request.timeZone) ?? new Set()).add(request.at));
    return activities.closePage(request);
  };
  return Worker.create({
    connection: nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
    activities: { ...activities, closePage },
    // So that a year that got stuck can be ended.
    shutdownForceTime: '5s',
  });
}

function startCall(client: Client, workflowId: string, organizationId: string, call: Call): Promise<WorkflowHandle> {
  const { userId, estimateUsd, ending } = call;
  const { minutes, costUsd, fails = false, isKilled = false, ttlMinutes = 180 } = ending;
  const request = { organizationId, estimatedCostUsd: estimateUsd, ttlMs: ttlMinutes * MINUTE, ...(userId !== null && { userId }) };
  return client.workflow.start('timedWork', {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [request, isKilled ? 2 * minutes : minutes, costUsd, fails],
    ...(isKilled && { workflowRunTimeout: minutes * MINUTE }),
  });
}

async function outcomeOf(handle: WorkflowHandle): Promise<unknown> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { status: error.cause instanceof TimeoutFailure ? 'killed' : 'failed' };
  }
}
