import type { Metadata, StoredEntry } from '../../domain/ledger';
import type { MicroUsd } from '../../domain/money';
import { rowsOf, type Queryable } from './connection';

interface Row {
  entry_id: number;
  key: string;
  attempt_id: string | null;
  kind: StoredEntry['kind'];
  at: number;
  budget_id: string | null;
  period_start: number | null;
  day_start: number | null;
  spent: number;
  held: number;
  overage: number;
  is_unconfirmed: boolean;
  is_late: boolean;
  execution_success: boolean | null;
  metadata: Metadata | null;
}

const SQL = `
  select * from entries
  where organization_id = $1 and ($2::text is null or budget_id = $2) and entry_id > $3
  order by entry_id limit $4`;

/** Entries of a budget, or of the whole organization, in the order of writing. */
export async function loadEntries(
  db: Queryable,
  organizationId: string,
  budgetId: string | null,
  after: number,
  most: number,
): Promise<StoredEntry[]> {
  return (await rowsOf<Row>(db, SQL, [organizationId, budgetId, after, most])).map((row) => ({
    entryId: row.entry_id,
    key: row.key,
    attemptId: row.attempt_id,
    kind: row.kind,
    at: row.at,
    budgetId: row.budget_id,
    periodStart: row.period_start,
    dayStart: row.day_start,
    spentMicroUsd: row.spent as MicroUsd,
    heldMicroUsd: row.held as MicroUsd,
    overageMicroUsd: row.overage as MicroUsd,
    isUnconfirmed: row.is_unconfirmed,
    isLate: row.is_late,
    executionSuccess: row.execution_success,
    metadata: row.metadata,
  }));
}
