/** A payload in Temporal that none of the keys opens. Nothing of what is in it is used. */
export class PayloadUnreadable extends Error {
  override readonly name = 'PayloadUnreadable';

  constructor(reason: string) {
    super(`A payload in Temporal is ${reason}. AGENT_BUDGET_ENCRYPTION_KEYS must list every key that it was ever encrypted by`);
  }
}
