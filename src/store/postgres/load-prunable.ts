import type { PrunableEntry, Prunable } from '../../domain/ledger';
import type { MicroUsd } from '../../domain/money';
import { rowsOf, type Queryable } from './connection';
import { holdOf, type HoldRow } from './hold-row';

interface MarkRow {
  hold_expires_at: number;
  hold_key: string;
  entry_id: number;
}

interface EntryRow {
  entry_id: number;
  at: number;
  budget_id: string | null;
  period_start: number | null;
  day_start: number | null;
  spent: number;
  overage: number;
}

const MARK = 'select hold_expires_at, hold_key, entry_id from prune_marks where organization_id = $1';

const UNTOUCHED: MarkRow = { hold_expires_at: Number.MIN_SAFE_INTEGER, hold_key: '', entry_id: 0 };

// The first condition is what the index knows; holds whose time ended in the same instant go by their keys.
const HOLDS = `
  select * from holds
  where organization_id = $1 and expires_at >= $2 and expires_at < $4 and (expires_at > $2 or key collate "C" > $3)
  order by expires_at, key collate "C"
  limit $5`;

const ENTRIES = `
  select entry_id, at, budget_id, period_start, day_start, spent, overage from entries
  where organization_id = $1 and entry_id > $2
  order by entry_id
  limit $3`;

/** Where pruning has to go on: from its marks, the next holds whose time ended before `before`, and the next entries. */
export async function loadPrunable(db: Queryable, organizationId: string, before: number, most: number): Promise<Prunable> {
  const [mark = UNTOUCHED] = await rowsOf<MarkRow>(db, MARK, [organizationId]);
  const holds = await rowsOf<HoldRow>(db, HOLDS, [organizationId, mark.hold_expires_at, mark.hold_key, before, most]);
  const entries = await rowsOf<EntryRow>(db, ENTRIES, [organizationId, mark.entry_id, most]);
  return { holds: holds.map(holdOf), entries: entries.map(entryOf) };
}

function entryOf(row: EntryRow): PrunableEntry {
  return {
    entryId: row.entry_id,
    at: row.at,
    budgetId: row.budget_id,
    periodStart: row.period_start,
    dayStart: row.day_start,
    spentMicroUsd: row.spent as MicroUsd,
    overageMicroUsd: row.overage as MicroUsd,
  };
}
