import { ActivityFailure, ApplicationFailure, TemporalFailure } from '@temporalio/workflow';
import { FailureType } from '../src/contract/names/failures';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import { assertId } from '../src/domain/scope';

/**
 * The failure that says what went wrong: an activity's own, without its wrapping; of any other error, which would leave a
 * run (or an update) going for ever, an ApplicationFailure with its name.
 */
export function namedFailure(error: unknown): TemporalFailure {
  const cause = error instanceof ActivityFailure && error.cause instanceof TemporalFailure ? error.cause : error;
  if (cause instanceof TemporalFailure) return cause;
  const type = cause instanceof DomainError ? cause.code : FailureType.unexpected;
  const message = cause instanceof Error ? cause.message : String(cause);
  return ApplicationFailure.create({ message, type, nonRetryable: cause instanceof DomainError, ...(cause instanceof Error && { cause }) });
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
