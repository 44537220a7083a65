import { ApplicationFailure } from '@temporalio/workflow';
import type { ReserveResult } from '../src/contract/payloads/budgeted-work';
import { FailureType } from '../src/contract/names/failures';
import type { AdmissionPayload, InvocationRequest } from '../src/contract/payloads/invocation';

/** Refuses whoever asks about another request under the same idempotency key. */
export function assertSameRequest(request: InvocationRequest | undefined, fingerprint: string | null): void {
  if ((request?.fingerprint ?? null) === fingerprint) return;
  throw ApplicationFailure.nonRetryable(
    'The idempotency key belongs to another request: use a new key, or send the same body',
    FailureType.keyConflict,
  );
}

export function admissionOf(request: InvocationRequest, reserved: ReserveResult): AdmissionPayload {
  return {
    status: reserved.status === 'taken' ? 'replayed' : reserved.status,
    fingerprint: request.fingerprint ?? null,
    grant: reserved.status === 'granted' ? reserved.grant : null,
    denial: reserved.status === 'denied' ? reserved.denial : null,
    reservedUsd: reserved.hold.reservedUsd,
  };
}
