import { TimeoutFailure, WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../../activities';
import type { ResetRequest } from '../../src/contract/payloads/reset';
import type { BudgetStore } from '../../src/store/budget-store';
import { startSkippingTime, TIME_QUEUE } from './time-skipping';
import { BEGIN, type Year } from './year';
import { MINUTE, type Call } from './year-calls';

export interface YearsToPass {
  /** When the resets of each zone ran, by their own clock, each once. */
  readonly resets: ReadonlyMap<string, ReadonlySet<number>>;
  /** Starts the crons, then every call when its time has come. Returns how each ended, after `until`. */
  pass(years: readonly Year[], until: number): Promise<ReadonlyMap<Call, unknown>>;
  stop(): Promise<void>;
}

/** A Temporal server whose clock skips, at the beginning of the years, and a worker. */
export async function startYears(store: BudgetStore): Promise<YearsToPass> {
  const resets = new Map<string, Set<number>>();
  const watch = (activities: Activities): Activities => ({
    ...activities,
    closePage: (request) => {
      resets.set(request.timeZone, (resets.get(request.timeZone) ?? new Set()).add(request.at));
      return activities.closePage(request);
    },
  });
  const time = await startSkippingTime(store, { begin: BEGIN, watch });
  const { client } = time;

  return {
    resets,
    // One thing after the other: nothing but time.sleepUntil lets time skip, and never twice at once.
    pass: async (years, until) => {
      for (const { organizationId, plan } of years) {
        const args = [{ timeZone: plan.timeZone } satisfies ResetRequest];
        const workflowId = `reset/${organizationId}`;
        await client.workflow.start('monthlyReset', { workflowId, taskQueue: TIME_QUEUE, cronSchedule: plan.cron, args });
      }
      const handles = new Map<Call, WorkflowHandle>();
      const calls = years.flatMap(({ organizationId, calls }) => calls.map((call) => ({ organizationId, call })));
      for (const { organizationId, call } of calls.sort((a, b) => a.call.startsAt - b.call.startsAt)) {
        await time.sleepUntil(call.startsAt);
        const handle = await startCall(client, `call/${String(handles.size)}`, organizationId, call);
        handles.set(call, handle);
        // What it is told must not depend on what starts in the same instant.
        if (call.denied !== null) await handle.result();
      }
      await time.sleepUntil(until);
      const outcomes = new Map<Call, unknown>();
      for (const [call, handle] of handles) outcomes.set(call, await outcomeOf(handle));
      return outcomes;
    },
    stop: () => time.stop(),
  };
}

function startCall(client: Client, workflowId: string, organizationId: string, call: Call): Promise<WorkflowHandle> {
  const { userId, estimateUsd, ending } = call;
  const { minutes, costUsd, fails = false, isKilled = false, ttlMinutes = 180 } = ending;
  const request = { organizationId, estimatedCostUsd: estimateUsd, ttlMs: ttlMinutes * MINUTE, ...(userId !== null && { userId }) };
  return client.workflow.start('timedWork', {
    workflowId,
    taskQueue: TIME_QUEUE,
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
