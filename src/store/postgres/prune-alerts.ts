import type { Pool } from 'pg';
import { inTransaction, rowsOf } from './connection';

// Over, and nothing of it may happen again: each month that its happenings are of is closed. (A day is in the month that contains it.)
const OLD = `
  select a.organization_id, a.alert_id, a.budget_id from alerts a
  where a.created_at < $1 and ($3::text is null or a.organization_id = $3) and a.is_finished and not exists (
    select from happenings h
    where h.organization_id = a.organization_id and h.budget_id = a.budget_id and h.alert_id = a.alert_id and not exists (
      select from balances b
      where b.organization_id = h.organization_id and b.budget_id = h.budget_id and b.period_start <= h.window_start
        and h.window_start < b.period_end and b.period_end <= $1 and b.closed_at is not null))
  order by a.created_at limit $2
  for update of a skip locked`;

const DELETE = `
  with old as (select * from unnest($1::text[], $2::bigint[], $3::text[]) as o (organization_id, alert_id, budget_id)),
  told as (
    delete from happenings h using old
    where h.organization_id = old.organization_id and h.budget_id = old.budget_id and h.alert_id = old.alert_id),
  delivered as (
    delete from deliveries d using old where d.organization_id = old.organization_id and d.alert_id = old.alert_id)
  delete from alerts a using old where a.organization_id = old.organization_id and a.alert_id = old.alert_id`;

interface Row {
  organization_id: string;
  alert_id: number;
  budget_id: string;
}

/** Deletes finished messages from before an instant with what they told and how they were delivered; at most `most`. Returns how many. */
export function pruneAlerts(pool: Pool, organizationId: string | null, before: number, most: number): Promise<number> {
  return inTransaction(pool, async (db) => {
    const old = await rowsOf<Row>(db, OLD, [before, most, organizationId]);
    if (old.length === 0) return 0;
    const columns = [old.map((row) => row.organization_id), old.map((row) => row.alert_id), old.map((row) => row.budget_id)];
    await rowsOf(db, DELETE, columns);
    return old.length;
  });
}
