import type { MicroUsd } from '../money';
import type { EntryNote } from './note';

/** An append-only line of the ledger: what one charge or settlement did to one budget's balance. */
export interface Entry extends EntryNote {
  readonly key: string;
  readonly attemptId: string | null;
  readonly kind: 'charge' | 'correction' | 'commit' | 'release' | 'expire';
  readonly at: number;
  /** Null for money that no budget limits: it is recorded all the same. */
  readonly budgetId: string | null;
  readonly periodStart: number | null;
  readonly dayStart: number | null;
  /** Added to spent; negative where a correction lowers a charge. */
  readonly spentMicroUsd: MicroUsd;
  /** Added to held; never positive, since a reserve is its hold's row and no entry. */
  readonly heldMicroUsd: MicroUsd;
  readonly overageMicroUsd: MicroUsd;
  readonly isUnconfirmed: boolean;
  readonly isLate: boolean;
}

/** An entry as a store keeps it. */
export interface StoredEntry extends Entry {
  /** Unique in its organization, ascending in the order of writing. */
  readonly entryId: number;
}
