import { ApplicationFailure } from '@temporalio/activity';
import { FailureType } from '../src/contract/names/failures';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import { LedgerUnavailable } from '../src/store/ledger-unavailable';

/** Runs an activity's work so that whatever it throws reaches the workflow under its own name. */
export async function withNamedFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw namedFailure(error);
  }
}

/**
 * The one place where activities' errors become Temporal failures. A domain error cannot succeed on retry; an outage can. A try that comes
 * too late is answered to nobody, unless the server's clock has gone back: then one of the next is in order.
 */
export function namedFailure(error: unknown): unknown {
  if (error instanceof DomainError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: error.code !== DomainErrorCode.attemptSuperseded,
      cause: error,
    });
  }
  if (error instanceof LedgerUnavailable) {
    return ApplicationFailure.create({ message: error.message, type: FailureType.ledgerUnavailable, cause: error });
  }
  return error;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
