import type { EntryNote, StoredEntry } from '../../domain/ledger';
import { toUsd } from '../../domain/money';
import { isoOf } from './statement';

/** A line of the ledger as JSON: what one charge or settlement did to one budget. Instants are ISO 8601. */
export interface EntryPayload extends EntryNote {
  /** Unique in its organization, ascending. */
  readonly entryId: number;
  readonly key: string;
  readonly attemptId: string | null;
  readonly kind: StoredEntry['kind'];
  readonly at: string;
  /** Null for money that no budget limits. */
  readonly budgetId: string | null;
  /** The month and the day that it counts in. */
  readonly periodStart: string | null;
  readonly dayStart: string | null;
  /** Below 0 where a correction lowers a charge. */
  readonly spentUsd: number;
  readonly heldUsd: number;
  readonly overageUsd: number;
  readonly isUnconfirmed: boolean;
  readonly isLate: boolean;
}

export function entryPayload({ spentMicroUsd, heldMicroUsd, overageMicroUsd, ...entry }: StoredEntry): EntryPayload {
  return {
    ...entry,
    at: isoOf(entry.at),
    periodStart: entry.periodStart === null ? null : isoOf(entry.periodStart),
    dayStart: entry.dayStart === null ? null : isoOf(entry.dayStart),
    spentUsd: toUsd(spentMicroUsd),
    heldUsd: toUsd(heldMicroUsd),
    overageUsd: toUsd(overageMicroUsd),
  };
}
