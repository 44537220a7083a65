import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  patched,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { FailureType } from '../src/contract/names/failures';
import { summaryOf } from '../src/contract/names/summary';
import { isRefusal, namedFailure } from './named-failure';

/** How long a reserve may wait for the ledger before it fails as `ledger_unavailable`. */
const RESERVE_PATIENCE_MS = 10_000;

type Budgeting = Pick<Activities, 'reserveBudget' | 'reserveForAgent' | 'commitCost' | 'settleHold' | 'releaseReservation'>;

// A local activity costs no round trip to the server, but one that keeps failing holds its workflow-task slot: a few tries
// only, then a regular activity goes on.
const brief: LocalActivityOptions = { startToCloseTimeout: '3s', retry: { maximumAttempts: 2, initialInterval: '100ms' } };
const lasting: ActivityOptions = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  // The default would return before the activity has stopped.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
};
const local = proxyLocalActivities<Budgeting>(brief);
const regular = proxyActivities<Budgeting>(lasting);

type Answer<Name extends keyof Budgeting> = Awaited<ReturnType<Budgeting[Name]>>;

// The SDK's type for one activity of a proxy, chosen by name, does not resolve; these say what it is.
interface Call<Name extends keyof Budgeting, Options> {
  executeWithOptions(options: Options, args: Parameters<Budgeting[Name]>): Promise<Answer<Name>>;
}
const locally = <Name extends keyof Budgeting>(name: Name) => local[name] as unknown as Call<Name, LocalActivityOptions>;
const regularly = <Name extends keyof Budgeting>(name: Name) => regular[name] as unknown as Call<Name, ActivityOptions>;

type Reserving = 'reserveBudget' | 'reserveForAgent';
type Settling = 'commitCost' | 'settleHold' | 'releaseReservation';

/**
 * The task queue of the workers that serve budgets, where it is another than the run's own. Local activities cannot go there. A run that
 * began before its code said so goes on as its history tells.
 */
function elsewhereOf(taskQueue: string | undefined): { taskQueue: string } | null {
  return taskQueue !== undefined && patched('budget-task-queue') ? { taskQueue } : null;
}

/**
 * Reserves, for about ten seconds at most. Throws ApplicationFailure `ledger_unavailable` when the ledger does not answer,
 * or the failure by which it refused the request.
 */
export async function reserveOn<Name extends Reserving>(
  name: Name,
  summary: string,
  args: Parameters<Budgeting[Name]>,
  taskQueue?: string,
): Promise<Answer<Name>> {
  const began = Date.now();
  const elsewhere = elsewhereOf(taskQueue);
  try {
    if (elsewhere === null) return await locally(name).executeWithOptions({ ...brief, summary: summaryOf(summary) }, args);
  } catch (error) {
    if (isFinal(error)) throw namedFailure(error);
  }
  const remainingMs = Math.max(2_000, RESERVE_PATIENCE_MS - (Date.now() - began));
  try {
    return await regularly(name).executeWithOptions(
      { ...lasting, ...elsewhere, startToCloseTimeout: '3s', scheduleToCloseTimeout: remainingMs, summary: summaryOf(summary) },
      args,
    );
  } catch (error) {
    if (isFinal(error)) throw namedFailure(error);
    throw ApplicationFailure.create({
      message: 'The ledger could not be reached, so nothing ran. Try again',
      type: FailureType.ledgerUnavailable,
      ...(error instanceof Error && { cause: error }),
    });
  }
}

/** Settles, however long the ledger is away, and through a cancellation. */
export async function settleOn<Name extends Settling>(
  name: Name,
  summary: string,
  args: Parameters<Budgeting[Name]>,
  taskQueue?: string,
): Promise<Answer<Name>> {
  const elsewhere = elsewhereOf(taskQueue);
  if (elsewhere !== null) return settleRegularly(name, summary, args, elsewhere.taskQueue);
  return CancellationScope.nonCancellable(async (): Promise<Answer<Name>> => {
    try {
      return await locally(name).executeWithOptions({ ...brief, summary: summaryOf(summary) }, args);
    } catch (error) {
      if (isFinal(error)) throw error;
      return settleRegularly(name, summary, args);
    }
  });
}

/** The same by a regular activity at once: for when the ledger is known to be away, and others wait for this task's end. */
export function settleRegularly<Name extends Settling>(
  name: Name,
  summary: string,
  args: Parameters<Budgeting[Name]>,
  taskQueue?: string,
): Promise<Answer<Name>> {
  const options = { ...lasting, ...elsewhereOf(taskQueue), summary: summaryOf(summary) };
  return CancellationScope.nonCancellable(() => regularly(name).executeWithOptions(options, args));
}

// What will not go away by asking again: a refusal by name, or our own cancellation.
function isFinal(error: unknown): boolean {
  return namedFailure(error) instanceof CancelledFailure || isRefusal(error);
}
