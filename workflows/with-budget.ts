import type { BudgetOutcome, BudgetRequest, ReserveResult } from '../src/contract/payloads/budgeted-work';
import type { HoldPayload } from '../src/contract/payloads/hold';
import { assertCost, outcomeOfFailure } from './failure-cost';
import { currentRun, nextHoldKey } from './hold-key';
import { isRefusal } from './named-failure';
import { reserveOn, settleOn, settleRegularly } from './ledger';

/** What work under a budget produced, and what it cost in USD; null is unknown, and charged at the estimate. */
export interface Spent<Value> {
  readonly value: Value;
  readonly costUsd: number | null;
}

/**
 * Runs work under a budget: reserves the estimate, runs, commits the actual cost. A denial is a value, and `run` was not
 * called. Whatever `run` throws is rethrown after the hold was settled: at the cost that the failure names (see
 * failureWithCost), at the estimate where it timed out or was cancelled, else at 0 (the organization's policy may differ).
 *
 * Throws ApplicationFailure `ledger_unavailable` when the ledger cannot be reached, `InvalidRequest` for a bad request and
 * `KeyConflict` for a key that belongs to another request; in each case `run` was not called.
 */
export async function withBudget<Value>(
  request: BudgetRequest,
  run: (hold: HoldPayload) => Promise<Spent<Value>>,
): Promise<BudgetOutcome<Value>> {
  const { organizationId } = request;
  const reserved = await reserveOrRelease(organizationId, request.key ?? nextHoldKey(), (key, at) =>
    reserveOn('reserveBudget', `Reserve $${String(request.estimatedCostUsd)} of ${organizationId}`, [
      request,
      { key, at, run: currentRun() },
    ]),
  );
  if (reserved.status === 'denied') return { status: 'denied', denial: reserved.denial, hold: reserved.hold };
  if (reserved.status === 'settled') return { status: 'replayed', hold: reserved.hold };

  const isByAttempts = request.chargedBy === 'attempts';
  const context = () => ({ organizationId, key: reserved.key, at: Date.now() });
  let spent: Spent<Value>;
  try {
    spent = await run(reserved.hold);
    assertCost(spent.costUsd);
  } catch (error) {
    if (isByAttempts) await settleOn('settleHold', `Settle the hold of ${organizationId}`, [context()]);
    else await settleOn('commitCost', `Commit what is known of the cost to ${organizationId}`, [context(), outcomeOfFailure(error)]);
    throw error;
  }
  const { value, costUsd } = spent;
  const hold = isByAttempts
    ? await settleOn('settleHold', `Settle the hold of ${organizationId}`, [context()])
    : await settleOn('commitCost', `Commit the cost to ${organizationId}`, [context(), { status: 'succeeded', costUsd }]);
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
  onFailure: (error: unknown) => void = () => undefined,
): Promise<Result> {
  try {
    return await reserve(key, Date.now());
  } catch (error) {
    onFailure(error);
    if (isRefusal(error)) throw error;
    const context = { organizationId, key, at: Date.now() };
    await settleRegularly('releaseReservation', `Release what may be held of ${organizationId}`, [context, currentRun()]);
    throw error;
  }
}
