/** The ledger could not be reached, or did not say whether it did what was asked. Never an "allowed", never a denial. */
export class LedgerUnavailable extends Error {
  override readonly name: string = 'LedgerUnavailable';

  constructor(cause: unknown) {
    super(`The ledger cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** This process has closed its ledger: asking again is of no use, as it would be in an outage. */
export class LedgerClosed extends Error {
  override readonly name = 'LedgerClosed';

  constructor() {
    super('The ledger was closed in this process: nothing can be asked of it any more');
  }
}

/** The ledger has more to do than it can in time. Nothing of what was asked was done: ask again in a moment, more slowly. */
export class LedgerOverloaded extends LedgerUnavailable {
  override readonly name = 'LedgerOverloaded';

  constructor(reason: string) {
    super(null);
    this.message = `The ledger has too much to do: ${reason}`;
  }
}
