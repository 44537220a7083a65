import { isGrpcServiceError, NamespaceNotFoundError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';

/**
 * gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, INTERNAL and UNAVAILABLE: the server is away or
 * overloaded, or the connection was lost or reset (a proxy in between says so by 1, 10 and 13), or workers died over a run's tasks (9),
 * and it may be asked again.
 */
const TRANSIENT = [1, 4, 8, 9, 10, 13, 14];

/** Whether Temporal, or every worker, did not answer. */
export function isTemporalAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  // Our services see to it as they start that it is there: a server that has just come back answers before it has read which ones it has.
  if (error instanceof NamespaceNotFoundError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && TRANSIENT.includes(cause.code);
}
