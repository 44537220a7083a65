/** The ledger's code failed on a batch where no rule foresaw it. Nothing of it was written. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
