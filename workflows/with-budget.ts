import type { WorkOutcome } from '../activities/settle';
import type { BudgetOutcome, BudgetRequest, ReserveResult } from '../src/contract/payloads/budgeted-work';
import type { HoldPayload } from '../src/contract/payloads/hold';
import { assertCost, outcomeOfFailure } from './failure-cost';
import { currentRun, underKey } from './hold-key';
import { isRefusal } from './named-failure';
import { reserveOn, settleOn, settleRegularly } from './ledger';

/** What work under a budget produced, and what it cost in USD; null is unknown, and charged at the estimate. */
export interface Spent<Value> {
  readonly value: Value;
  readonly costUsd: number | null;
}

export interface BudgetOptions {
  /**
   * Where workers serve budgets, when it is not this workflow's own task queue: its workers then need neither the activities nor a
   * database. Each run takes a regular activity instead of a local one for its reserve and its settle: two more round trips.
   */
  readonly taskQueue?: string;
}

/**
 * Runs work under a budget: reserves the estimate, runs, commits the actual cost. A denial is a value, and `run` was not
 * called. Whatever `run` throws is rethrown after the hold was settled: at the cost that the failure names (see
 * failureWithCost), at the estimate where it timed out or was cancelled, else at 0 (the organization's policy may differ).
 *
 * Throws ApplicationFailure `ledger_unavailable` when the ledger cannot be reached, `InvalidRequest` for a bad request and
 * `KeyConflict` for a key that belongs to another request or to work of this run that is under way; in each case `run` was not called.
 */
export async function withBudget<Value>(
  request: BudgetRequest,
  run: (hold: HoldPayload) => Promise<Spent<Value>>,
  options: BudgetOptions = {},
): Promise<BudgetOutcome<Value>> {
  return underKey(request.key, (key) => budgeted(key, request, run, options));
}

async function budgeted<Value>(
  heldKey: string,
  request: BudgetRequest,
  run: (hold: HoldPayload) => Promise<Spent<Value>>,
  { taskQueue }: BudgetOptions,
): Promise<BudgetOutcome<Value>> {
  const { organizationId } = request;
  const summary = `Reserve $${String(request.estimatedCostUsd)} of ${organizationId}`;
  const reserved = await reserveOrRelease(
    organizationId,
    heldKey,
    (key, at) => reserveOn('reserveBudget', summary, [request, { key, at, run: currentRun() }], taskQueue),
    { taskQueue },
  );
  if (reserved.status === 'denied') return { status: 'denied', denial: reserved.denial, hold: reserved.hold };
  if (reserved.status === 'taken') return { status: 'replayed', hold: reserved.hold };

  const settle = (outcome: WorkOutcome) => {
    const context = { organizationId, key: reserved.key, at: Date.now() };
    if (request.chargedBy === 'attempts') return settleOn('settleHold', `Settle the hold of ${organizationId}`, [context], taskQueue);
    const what = outcome.status === 'succeeded' ? 'the cost' : 'what is known of the cost';
    return settleOn('commitCost', `Commit ${what} to ${organizationId}`, [context, outcome], taskQueue);
  };
  let spent: Spent<Value>;
  try {
    spent = await run(reserved.hold);
    assertCost(spent.costUsd);
  } catch (error) {
    await settle(outcomeOfFailure(error));
    throw error;
  }
  const { value, costUsd } = spent;
  const hold = await settle({ status: 'succeeded', costUsd });
  return { status: 'completed', value, grant: reserved.grant, hold };
}

/**
 * Reserves; when the answer never comes (a refusal is one), gives back by key whatever may have been held. `onFailure` hears of the failure
 * before that clean-up, which takes as long as the ledger is away.
 */
export async function reserveOrRelease<Result extends ReserveResult>(
  organizationId: string,
  key: string,
  reserve: (key: string, at: number) => Promise<Result>,
  { taskQueue, onFailure }: { taskQueue?: string | undefined; onFailure?: (error: unknown) => void },
): Promise<Result> {
  try {
    return await reserve(key, Date.now());
  } catch (error) {
    onFailure?.(error);
    if (isRefusal(error)) throw error;
    const context = { organizationId, key, at: Date.now() };
    const summary = `Release what may be held of ${organizationId}`;
    await settleRegularly('releaseReservation', summary, [context, currentRun()], taskQueue);
    throw error;
  }
}
