import type { WorkflowExecutionDescription } from '@temporalio/client';
import { MemoField } from '../contract/names/workflows';
import type { AdmissionPayload, InvocationReceipt } from '../contract/payloads/invocation';
import { InvocationFailed } from './errors';
import type { PreparedInvocation } from './invocation-request';

/** The decision of a run that ended before anybody asked, and takes no question any more: its receipt says it. */
export function admissionAfterEnd({ workflowId, fingerprint }: PreparedInvocation, run: WorkflowExecutionDescription): AdmissionPayload {
  const receipt = receiptIn(run);
  if (receipt === null) throw new InvocationFailed('Ended', `${workflowId} ended without a receipt`, null, undefined);
  const { grant, denial, reservedUsd, status, error } = receipt;
  if (grant === null && error !== null) throw new InvocationFailed(error.type, error.message, receipt, undefined);
  return { status: grant !== null ? 'granted' : status === 'denied' ? 'denied' : 'replayed', fingerprint, grant, denial, reservedUsd };
}

/**
 * Whether a run failed before anything was decided or held, for another call than this one: no agent, no ledger. A key is used up by a
 * decision, so that another run may ask again under it.
 */
export function isUndecided(run: WorkflowExecutionDescription, { callId }: PreparedInvocation): boolean {
  const receipt = receiptIn(run);
  return (
    run.status.name === 'FAILED' && receipt?.status === 'failed' && receipt.grant === null && run.memo?.[MemoField.startedFor] !== callId
  );
}

export function receiptIn({ memo }: Pick<WorkflowExecutionDescription, 'memo'>): InvocationReceipt | null {
  return (memo?.[MemoField.receipt] as InvocationReceipt | undefined) ?? null;
}
