import type { ZoneInUse } from '../budget-store';
import { rowsOf, type Queryable } from './connection';

// One look into the index for each zone, however many rows it has.
const SQL = `
  with recursive open_zones as (
    (select time_zone from balances where closed_at is null order by time_zone collate "C" limit 1)
    union all
    select (select b.time_zone from balances b
            where b.closed_at is null and b.time_zone collate "C" > z.time_zone order by b.time_zone collate "C" limit 1)
    from open_zones z where z.time_zone is not null
  )
  select time_zone, array_remove(array_agg(distinct anchor_day order by anchor_day), null) as anchor_days
  from (
    select time_zone, null::integer as anchor_day from open_zones where time_zone is not null
    union all select time_zone, anchor_day from budgets
  ) zones
  group by time_zone order by time_zone collate "C"`;

export async function loadZonesInUse(db: Queryable): Promise<ZoneInUse[]> {
  const rows = await rowsOf<{ time_zone: string; anchor_days: number[] }>(db, SQL);
  return rows.map((row) => ({ timeZone: row.time_zone, anchorDays: row.anchor_days }));
}
