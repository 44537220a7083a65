import type { DenialPayload } from '../contract/payloads/denial';
import type { InvocationReceipt } from '../contract/payloads/invocation';

export interface BudgetExceededDetails {
  readonly denial?: DenialPayload | null;
  readonly receipt?: InvocationReceipt;
}

/** A call that its budget denied, where a denial is thrown. Its message always says "budget"; decide by the denial, not by that. */
export class BudgetExceededError extends Error {
  override readonly name = 'BudgetExceededError';
  /** Which limit denied, what it leaves and when it resets; null where only a reason is known. */
  readonly denial: DenialPayload | null;
  /** Of an invocation that was denied: what its attempts before the denial were charged. */
  readonly receipt: InvocationReceipt | null;

  /** `reason` is what the denied result said. */
  constructor(
    readonly reason: string,
    { denial = null, receipt }: BudgetExceededDetails = {},
  ) {
    super(/budget/i.test(reason) ? reason : `Over budget. ${reason}`);
    this.denial = denial;
    this.receipt = receipt ?? null;
  }
}
