import type { MicroUsd } from '../money';
import type { Line } from './hold';
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

/** What an entry says of all the lines that it is made for. */
export type EntryFields = Omit<Entry, keyof Line | keyof EntryNote>;

/** The entry in one line; in none where no budget limits the money. Field by field, as blankHold is and for its reason. */
export function entryIn(line: Line | null, fields: EntryFields, note: EntryNote): Entry {
  return {
    key: fields.key,
    attemptId: fields.attemptId,
    kind: fields.kind,
    at: fields.at,
    budgetId: line === null ? null : line.budgetId,
    periodStart: line === null ? null : line.periodStart,
    dayStart: line === null ? null : line.dayStart,
    spentMicroUsd: fields.spentMicroUsd,
    heldMicroUsd: fields.heldMicroUsd,
    overageMicroUsd: fields.overageMicroUsd,
    isUnconfirmed: fields.isUnconfirmed,
    isLate: fields.isLate,
    executionSuccess: note.executionSuccess,
    metadata: note.metadata,
  };
}

/** An entry as a store keeps it. */
export interface StoredEntry extends Entry {
  /** Unique in its organization, ascending in the order of writing. */
  readonly entryId: number;
}
