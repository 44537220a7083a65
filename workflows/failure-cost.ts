import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { WorkOutcome } from '../activities/settle';
import { FailureType } from '../src/contract/names/failures';

/**
 * A failure of your own work that cost something: `withBudget` charges the amount (USD) and rethrows the failure. Throw it
 * from an activity or from the workflow itself.
 */
export function failureWithCost(
  message: string,
  costUsd: number,
  options: { type?: string; nonRetryable?: boolean } = {},
): ApplicationFailure {
  return ApplicationFailure.create({ message, ...options, details: [{ costUsd }] });
}

/**
 * What is known of the cost of work that threw: what the failure says; unknown where it timed out or was cut off; else a
 * failure that was reported without a cost.
 */
export function outcomeOfFailure(error: unknown): WorkOutcome {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const isUnknown = cause instanceof TimeoutFailure || cause instanceof CancelledFailure || isInvalidAmount(cause);
  return { status: isUnknown ? 'unconfirmed' : 'failed', costUsd: costIn(cause) };
}

/** Refuses a cost that is no amount: the work ran, and what it cost is then unknown. */
export function assertCost(costUsd: number | null): void {
  if (costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0)) return;
  throw ApplicationFailure.nonRetryable(
    `The cost must be a finite number of USD >= 0, or null, not ${String(costUsd)}`,
    FailureType.invalidAmount,
  );
}

function isInvalidAmount(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === FailureType.invalidAmount;
}

function costIn(error: unknown): number | null {
  if (!(error instanceof ApplicationFailure || error instanceof CancelledFailure)) return null;
  const [detail] = error.details ?? [];
  if (typeof detail !== 'object' || detail === null || !('costUsd' in detail)) return null;
  // An amount that is none must not stop the settlement: it is unknown.
  return typeof detail.costUsd === 'number' && Number.isFinite(detail.costUsd) && detail.costUsd >= 0 ? detail.costUsd : null;
}
