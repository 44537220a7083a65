import type { Entry } from '../../domain/ledger';
import { bulkInsert } from './bulk-insert';

export const appendEntries = bulkInsert<Entry>('e', 'entries', {
  key: ['text', (entry) => entry.key],
  attempt_id: ['text', (entry) => entry.attemptId],
  kind: ['text', (entry) => entry.kind],
  at: ['bigint', (entry) => entry.at],
  budget_id: ['text', (entry) => entry.budgetId],
  period_start: ['bigint', (entry) => entry.periodStart],
  day_start: ['bigint', (entry) => entry.dayStart],
  spent: ['bigint', (entry) => entry.spentMicroUsd],
  held: ['bigint', (entry) => entry.heldMicroUsd],
  overage: ['bigint', (entry) => entry.overageMicroUsd],
  is_unconfirmed: ['boolean', (entry) => entry.isUnconfirmed],
  is_late: ['boolean', (entry) => entry.isLate],
  execution_success: ['boolean', (entry) => entry.executionSuccess],
  metadata: ['jsonb', ({ metadata }) => (metadata === null ? null : JSON.stringify(metadata))],
});
