import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FailureType } from '../contract/names/failures';
import type { InvocationReceipt } from '../contract/payloads/invocation';
import { InvocationFailed } from './errors';

/** Gives a failed run its name and its receipt back. Errors of other kinds (no connection, no such run) stay as they are. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) return error;
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (cause instanceof ApplicationFailure) return new InvocationFailed(cause.type ?? cause.name, cause.message, receiptIn(cause), error);
  if (cause instanceof CancelledFailure)
    return new InvocationFailed(FailureType.cancelled, 'The invocation was cancelled', receiptIn(cause), error);
  return new InvocationFailed(cause?.name ?? 'Failed', cause?.message ?? error.message, null, error);
}

function receiptIn({ details }: ApplicationFailure | CancelledFailure): InvocationReceipt | null {
  const [receipt] = details ?? [];
  return typeof receipt === 'object' && receipt !== null && 'chargedUsd' in receipt && 'status' in receipt
    ? (receipt as unknown as InvocationReceipt)
    : null;
}
