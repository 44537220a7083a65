import type { ZoneInUse } from '../../contract/payloads/reset';
import { rowsOf, type Queryable } from './connection';

// Two looks into an index for each zone, however many rows it has.
const SQL = `
  with recursive open_zones as (
    (select time_zone from balances where closed_at is null order by time_zone collate "C" limit 1)
    union all
    select next.time_zone from open_zones z cross join lateral (
      select b.time_zone from balances b where b.closed_at is null and b.time_zone collate "C" > z.time_zone
      order by b.time_zone collate "C" limit 1) next
  ), anchors as (
    (select time_zone, anchor_day from budgets order by time_zone collate "C", anchor_day limit 1)
    union all
    select next.time_zone, next.anchor_day from anchors a cross join lateral (
      select b.time_zone, b.anchor_day from budgets b where (b.time_zone collate "C", b.anchor_day) > (a.time_zone, a.anchor_day)
      order by b.time_zone collate "C", b.anchor_day limit 1) next
  )
  select time_zone, array_remove(array_agg(anchor_day order by anchor_day), null) as anchor_days
  from (select time_zone, null::integer as anchor_day from open_zones union all select time_zone, anchor_day from anchors) zones
  group by time_zone order by time_zone collate "C"`;

export async function loadZonesInUse(db: Queryable): Promise<ZoneInUse[]> {
  const rows = await rowsOf<{ time_zone: string; anchor_days: number[] }>(db, SQL);
  return rows.map((row) => ({ timeZone: row.time_zone, anchorDays: row.anchor_days }));
}
