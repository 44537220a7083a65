import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TemporalFailure } from '@temporalio/workflow';
import { FailureType } from '../src/contract/names/failures';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import { assertId } from '../src/domain/scope';

/**
 * The failure that says what went wrong: an activity's or child's own, without its wrapping; of any other error, which would leave a
 * run (or an update) going for ever, an ApplicationFailure with its name.
 */
export function namedFailure(error: unknown): TemporalFailure {
  const isWrapping = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  if (isWrapping && error.cause instanceof TemporalFailure) return namedFailure(error.cause);
  if (error instanceof TemporalFailure) return error;
  const isRefused = error instanceof DomainError;
  return ApplicationFailure.create({
    message: error instanceof Error ? error.message : String(error),
    type: isRefused ? error.code : FailureType.unexpected,
    nonRetryable: isRefused,
    ...(error instanceof Error && { cause: error }),
  });
}

/** Whether the ledger refused a request by name: then it changed nothing, and there is nothing to give back. */
export function isRefusal(error: unknown): boolean {
  const failure = namedFailure(error);
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}

/** Why a run cannot even begin, whoever started it with whatever: what is shown of it must name somebody. Null when it can. */
export function refusalOf(
  request: { readonly organizationId: string; readonly agentId: string } | undefined | null,
): TemporalFailure | null {
  try {
    for (const name of ['organizationId', 'agentId'] as const) {
      const id: unknown = request?.[name];
      if (typeof id !== 'string') throw new DomainError(DomainErrorCode.invalidRequest, `The invocation request has no ${name}`);
      assertId(name, id);
    }
    return null;
  } catch (error) {
    return namedFailure(error);
  }
}
