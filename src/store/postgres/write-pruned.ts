import type { Pruned } from '../../domain/ledger';
import type { Statement } from './connection';

const DELETE = 'delete from entries where organization_id = $1 and entry_id = any($2)';

const ADD = `
  insert into summaries as kept (organization_id, budget_id, period_start, day_start, spent, midway, late, overage, entries, executions, attempts)
  select $1, coalesce(s."budgetId", ''), coalesce(s."periodStart", 0), coalesce(s."dayStart", 0), s."spentMicroUsd", s."midwayMicroUsd",
    s."lateMicroUsd", s."overageMicroUsd", s.entries, s.executions, s."attemptsMicroUsd"
  from jsonb_to_recordset($2) as s (
    "budgetId" text, "periodStart" bigint, "dayStart" bigint, "spentMicroUsd" bigint, "midwayMicroUsd" bigint, "lateMicroUsd" bigint,
    "overageMicroUsd" bigint, entries bigint, executions bigint, "attemptsMicroUsd" bigint)
  on conflict (organization_id, budget_id, period_start, day_start) do update set
    spent = kept.spent + excluded.spent, midway = kept.midway + excluded.midway, late = kept.late + excluded.late,
    overage = kept.overage + excluded.overage, entries = kept.entries + excluded.entries,
    executions = kept.executions + excluded.executions, attempts = kept.attempts + excluded.attempts`;

const MOVE = `
  insert into prune_marks as mark (organization_id, hold_expires_at, hold_key, entry_id)
  values ($1, coalesce($2, ${String(Number.MIN_SAFE_INTEGER)}), coalesce($3, ''), coalesce($4, 0))
  on conflict (organization_id) do update set
    hold_expires_at = coalesce($2, mark.hold_expires_at), hold_key = coalesce($3, mark.hold_key), entry_id = coalesce($4, mark.entry_id)`;

/** Takes pruned entries away, and leaves their sums, and how far it came. (The reduced holds are written with the others.) */
export function writePruned(organizationId: string, pruned: readonly Pruned[]): Statement[] {
  return pruned.flatMap(({ entryIds, summaries, through: { hold, entryId } }) => [
    ...(entryIds.length > 0 ? [{ text: DELETE, values: [organizationId, entryIds] }] : []),
    ...(summaries.length > 0 ? [{ text: ADD, values: [organizationId, JSON.stringify(summaries)] }] : []),
    ...(hold !== null || entryId !== null
      ? [{ text: MOVE, values: [organizationId, hold?.expiresAt ?? null, hold?.key ?? null, entryId] }]
      : []),
  ]);
}
