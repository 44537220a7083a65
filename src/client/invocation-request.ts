import { randomUUID } from 'node:crypto';
import { fingerprintOf } from '../contract/fingerprint';
import { invocationWorkflowId } from '../contract/names/workflows';
import { LARGEST_REQUEST_BYTES, type InvocationRequest } from '../contract/payloads/invocation';
import { parse } from '../contract/schemas/parse';
import { invocationRequest } from '../contract/schemas/requests';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { assertNote } from '../domain/ledger';

export interface PreparedInvocation {
  readonly workflowId: string;
  readonly fingerprint: string;
  /** Tells what this call starts from what an earlier one did. */
  readonly callId: string;
  readonly request: InvocationRequest;
}

/** Checks a request before anything is started. A run without an idempotency key is named `runName`. Throws InvalidRequest. */
export function prepareInvocation(request: InvocationRequest, runName: string = randomUUID()): PreparedInvocation {
  // Absent optional fields may be written as undefined; JSON leaves them out, and so must the fingerprint.
  const checked = parse(invocationRequest, 'The invocation request', request);
  if (checked.metadata !== undefined) assertNote({ executionSuccess: null, metadata: checked.metadata });
  const body = JSON.stringify({ ...checked, fingerprint: undefined });
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_REQUEST_BYTES) {
    const limits = `has ${String(bytes)} bytes of JSON; at most ${String(LARGEST_REQUEST_BYTES)} fit`;
    const message = `The invocation request ${limits}. Store the input and send a reference`;
    throw new DomainError(DomainErrorCode.invalidRequest, message, 'input');
  }
  const fingerprint = fingerprintOf(JSON.parse(body) as object);
  const workflowId = invocationWorkflowId(checked.organizationId, checked.idempotencyKey ?? runName);
  return { workflowId, fingerprint, callId: randomUUID(), request: { ...(JSON.parse(body) as InvocationRequest), fingerprint } };
}
