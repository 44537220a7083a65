import { DomainError, DomainErrorCode } from '../domain/errors';
import { FailureType } from '../contract/names/failures';
import { TRANSIENT_STATUS } from '../contract/transient-status';
import { Interrupted } from '../ground/stopping';
import { LedgerUnavailable } from '../store/ledger-unavailable';
import { UsageError } from './args/usage-error';

/** What scripts tell the outcome by. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, denied: 3, unavailable: 4, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODES = '0 ok, 1 failed, 2 wrong usage, 3 denied by a budget, 4 ledger, Temporal or workers unavailable, 130 interrupted';

/**
 * A server, or a worker, that would have to be there is not: the same command may succeed later. What has to be set otherwise first, as
 * a namespace that the server does not have, is a failure instead.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** What was named is not there. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Refused for what was written, whatever the ledger says. */
const ILL_WRITTEN = new Set<string>([DomainErrorCode.invalidRequest, DomainErrorCode.invalidAmount]);

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return ExitCode.usage;
  if (error instanceof Interrupted) return ExitCode.interrupted;
  if (error instanceof Unavailable || error instanceof LedgerUnavailable || isUnreachable(error)) return ExitCode.unavailable;
  if (codeOf(error) === FailureType.ledgerUnavailable) return ExitCode.unavailable;
  return error instanceof DomainError && ILL_WRITTEN.has(error.code) ? ExitCode.usage : ExitCode.failed;
}

/** The name by which a program tells one failure from another. */
export function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (error instanceof Error && 'type' in error && typeof error.type === 'string') return error.type;
  if (isUnreachable(error)) return 'Unavailable';
  return error instanceof Error ? error.name : 'Error';
}

/** An update that no worker answered in time: the client cuts it off as a deadline or, sometimes, as cancelled. */
export function isUpdateUnanswered(error: Error): boolean {
  return error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

// The client wraps what gRPC answered; a connection that was never made is gRPC's own error, or a plain one.
function isUnreachable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    // A program that we started and that failed has a code, too.
    if (('code' in cause && 'details' in cause && TRANSIENT_STATUS.has(cause.code)) || isUpdateUnanswered(cause)) return true;
  }
  return false;
}
