import { isGrpcServiceError, NamespaceNotFoundError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { TRANSIENT_STATUS } from '../contract/transient-status';

/** Whether Temporal, or every worker, did not answer. */
export function isTemporalAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  // Our services see to it as they start that it is there: a server that has just come back answers before it has read which ones it has.
  if (error instanceof NamespaceNotFoundError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && TRANSIENT_STATUS.has(cause.code);
}
