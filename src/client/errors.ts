import type { InvocationReceipt } from '../contract/payloads/invocation';

/** An invocation that did not complete and was not denied. `type` names why; the receipt says what was charged. */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';

  constructor(
    readonly type: string,
    message: string,
    /** Null when the run ended without one: terminated, or timed out. Its hold ends with its TTL. */
    readonly receipt: InvocationReceipt | null,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** The idempotency key belongs to another request. Nothing ran for this one. */
export class IdempotencyConflict extends Error {
  override readonly name = 'KeyConflict';

  constructor(workflowId: string) {
    super(`${workflowId} was started for another request: use a new idempotency key, or send the same body`);
  }
}
