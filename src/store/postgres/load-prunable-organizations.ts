import { rowsOf, type Queryable } from './connection';

// For each organization two looks into an index. An entry of a clock that is ahead is passed, so it hides none that follow.
const SQL = `
  select o.organization_id
  from organizations o
  left join prune_marks m using (organization_id)
  cross join lateral (
    select exists (
      select from holds h
      where h.organization_id = o.organization_id and h.expires_at >= coalesce(m.hold_expires_at, ${String(Number.MIN_SAFE_INTEGER)})
        and h.expires_at < $2 and (m.hold_key is null or h.expires_at > m.hold_expires_at or h.key collate "C" > m.hold_key)) as has_holds,
    (select e.at from entries e
     where e.organization_id = o.organization_id and e.entry_id > coalesce(m.entry_id, 0)
     order by e.entry_id limit 1) as next_entry_at
  ) waiting
  where has_holds or next_entry_at < $2 or next_entry_at > $1
  order by o.organization_id`;

/** The organizations that a pruning at `at` may have work in. */
export async function loadPrunableOrganizations(db: Queryable, at: number, before: number): Promise<string[]> {
  const rows = await rowsOf<{ organization_id: string }>(db, SQL, [at, before]);
  return rows.map((row) => row.organization_id);
}
