import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** How long a run may take, in real time, before it is looked at. */
const PATIENCE_MS = 300;
const LONGEST_STEP_MS = 3_600_000;

/**
 * The result of a run. When it is long in coming and waits for a timer of its own, time moves on to just that; for what its
 * history does not show (a child's timer, the pause before a retry) it moves in steps that double, up to an hour.
 */
export async function resultAsTimePasses(environment: TestWorkflowEnvironment, handle: WorkflowHandle): Promise<unknown> {
  const result = handle.result();
  const isOver = result.then(
    () => true,
    () => true,
  );
  const isOverWithin = (ms: number) => Promise.race([isOver, new Promise<false>((resolve) => setTimeout(resolve, ms, false))]);
  for (let guessMs = 1_000; !(await isOverWithin(PATIENCE_MS));) {
    const events = (await handle.fetchHistory()).events ?? [];
    const problem = problemIn(events);
    if (problem !== null) {
      await handle.terminate(problem);
      throw new Error(`${handle.workflowId} cannot run: ${problem}. Does the workflows' file also export * from 'agent-budget/workflow'?`);
    }
    const timer = nextTimer(events);
    const waitMs = timer === null ? guessMs : timer - (await environment.currentTimeMs());
    if (timer === null) guessMs = Math.min(2 * guessMs, LONGEST_STEP_MS);
    // A timer that is due has fired, or is just about to.
    if (waitMs > 0) await environment.sleep(waitMs);
  }
  return result;
}

// A workflow that the bundle lacks, say, fails task after task and never ends.
function problemIn(events: readonly HistoryEvent[]): string | null {
  const last = events.findLast((event) => event.workflowTaskFailedEventAttributes ?? event.workflowTaskCompletedEventAttributes);
  const failed = last?.workflowTaskFailedEventAttributes;
  return failed ? (failed.failure?.message ?? 'its workflow task fails') : null;
}

/** When the earliest timer that is still running fires, epoch milliseconds. */
function nextTimer(events: readonly HistoryEvent[]): number | null {
  const running = new Map<string, number>();
  for (const event of events) {
    const { timerStartedEventAttributes: started, timerFiredEventAttributes: fired, timerCanceledEventAttributes: cancelled } = event;
    if (started) running.set(started.timerId ?? '', msOf(event.eventTime) + msOf(started.startToFireTimeout));
    running.delete(fired?.timerId ?? cancelled?.timerId ?? '-');
  }
  return running.size === 0 ? null : Math.min(...running.values());
}

// Of a protobuf timestamp or duration; its seconds are a Long or a number.
function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.ceil((time?.nanos ?? 0) / 1e6);
}
