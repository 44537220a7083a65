import type { Entry } from '../../domain/ledger';
import { bulkInsert } from './bulk-insert';

/** An entry, and whose ledger it is of. */
export interface OwnedEntry {
  readonly organizationId: string;
  readonly entry: Entry;
}

export const appendEntries = bulkInsert<OwnedEntry>('append_entries', {
  name: 'entries',
  columns: {
    organization_id: 'text',
    key: 'text',
    attempt_id: 'text',
    kind: 'text',
    at: 'bigint',
    budget_id: 'text',
    period_start: 'bigint',
    day_start: 'bigint',
    spent: 'bigint',
    held: 'bigint',
    overage: 'bigint',
    is_unconfirmed: 'boolean',
    is_late: 'boolean',
    execution_success: 'boolean',
    metadata: 'jsonb',
  },
  cellsOf: ({ organizationId, entry }) => [
    organizationId,
    entry.key,
    entry.attemptId,
    entry.kind,
    entry.at,
    entry.budgetId,
    entry.periodStart,
    entry.dayStart,
    entry.spentMicroUsd,
    entry.heldMicroUsd,
    entry.overageMicroUsd,
    entry.isUnconfirmed,
    entry.isLate,
    entry.executionSuccess,
    entry.metadata === null ? null : JSON.stringify(entry.metadata),
  ],
});
