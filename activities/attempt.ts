import { Context } from '@temporalio/activity';
import { denialPayload, type DenialPayload } from '../src/contract/payloads/denial';
import type { AttemptOutcome, FinishAnswer } from '../src/domain/ledger';
import { perform, type BudgetStore } from '../src/store/budget-store';
import { countedStore } from '../src/store/counted-store';
import { LedgerUnavailable } from '../src/store/ledger-unavailable';
import { budgetMetrics, countingOutages } from './budget-metrics';
import { finishAndSettle } from './finish-and-settle';
import { startHeartbeats } from './heartbeat';

const LONGEST_PAUSE_MS = 5_000;

/** Whose budget an activity spends. */
export interface HoldReference {
  readonly organizationId: string;
  readonly key: string;
  readonly ttlMs: number;
}

/** An attempt that may go on: `finish` charges it, exactly once, before the activity returns or throws. */
export interface StartedAttempt {
  readonly status: 'started';
  readonly attemptId: string;
  finish(outcome: AttemptOutcome): Promise<FinishAnswer>;
  /** The same where nothing else is done under the hold: ends the hold too, in one transaction. A try after it is decided anew. */
  finishAndSettle(outcome: AttemptOutcome): Promise<FinishAnswer>;
}

/**
 * Opens an attempt of the current activity under a hold, before anything is spent. While `work` runs, the activity
 * heartbeats and its hold is kept alive. A denial is final: `work` is not called.
 *
 * Fails with AttemptSuperseded, and calls nothing, where a later try has begun or the work was over before: its worker was
 * frozen, or the work did not wait for it.
 *
 * Use it in (regular) activities of your own that spend, with `chargedBy: 'attempts'`: then a retry, a crash or a workflow Reset
 * that repeats the activity is charged for each try, each once.
 */
export async function withAttempt<Result>(
  store: Pick<BudgetStore, 'applyBatch'>,
  hold: HoldReference,
  work: (attempt: StartedAttempt) => Promise<Result>,
): Promise<Result | { readonly status: 'denied'; readonly denial: DenialPayload }> {
  const context = Context.current();
  const { activityId, attempt, currentAttemptScheduledTimestampMs: scheduledAt } = context.info;
  const { runId } = context.info.workflowExecution ?? { runId: context.info.base64TaskToken };
  // The instant too: an operator's reset of the activity counts its attempts anew.
  const attemptId = `${runId}/${activityId}/${String(attempt)}/${String(scheduledAt)}`;
  const { organizationId, key } = hold;
  const counted = countedStore(store, budgetMetrics);
  // The server's clock, moved on by our own: a time-skipping server's clock is far from this machine's.
  const began = performance.now();
  const at = () => scheduledAt + Math.round(performance.now() - began);

  const extension = setInterval(() => {
    // Missing one extension is harmless: there are two more before the hold ends, and an ended one is decided anew.
    perform(counted, organizationId, { kind: 'extend', key, at: at() }).catch(() => undefined);
  }, hold.ttlMs / 3);
  const stopHeartbeats = startHeartbeats();
  try {
    const start = () =>
      countingOutages(() =>
        perform(counted, organizationId, { kind: 'startAttempt', key, at: at(), attemptId, activityId, runId, scheduledAt }),
      );
    const started = await untilLedgerAnswers(start, context.cancellationSignal);
    if (started.status === 'denied') return { status: 'denied', denial: denialPayload(started.denial) };
    // An outage now must not let the try fail and run a paid agent again, so this goes on even through a cancellation.
    const finishOf = (outcome: AttemptOutcome) => ({ kind: 'finishAttempt', key, at: at(), attemptId, outcome }) as const;
    return await work({
      status: 'started',
      attemptId,
      finish: (outcome) => untilLedgerAnswers(() => perform(counted, organizationId, finishOf(outcome))),
      finishAndSettle: (outcome) =>
        untilLedgerAnswers(() => finishAndSettle(counted, organizationId, finishOf(outcome), { runId, scheduledAt })),
    });
  } finally {
    stopHeartbeats();
    clearInterval(extension);
  }
}

/** Asks again for as long as the ledger is away, alive by its heartbeats; with a signal, until that aborts. */
export async function untilLedgerAnswers<Answer>(ask: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      signal?.throwIfAborted();
      Context.current().heartbeat();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
