import type { Entry } from '../../domain/ledger';
import { chunksOf } from './chunks';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  insert into entries (organization_id, key, attempt_id, kind, at, budget_id, period_start, day_start,
                       spent, held, overage, is_unconfirmed, is_late, execution_success, metadata)
  select $1, e.* from jsonb_to_recordset($2) as e (
    key text, "attemptId" text, kind text, at bigint, "budgetId" text, "periodStart" bigint, "dayStart" bigint,
    "spentMicroUsd" bigint, "heldMicroUsd" bigint, "overageMicroUsd" bigint, "isUnconfirmed" boolean, "isLate" boolean,
    "executionSuccess" boolean, metadata jsonb)`;

export async function appendEntries(db: Queryable, organizationId: string, entries: readonly Entry[]): Promise<void> {
  for (const chunk of chunksOf(entries)) await rowsOf(db, SQL, [organizationId, JSON.stringify(chunk)]);
}
