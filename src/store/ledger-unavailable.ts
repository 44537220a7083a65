/** The ledger could not be reached, or did not say whether it did what was asked. Never an "allowed", never a denial. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';

  constructor(cause: unknown) {
    super(`The ledger cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
