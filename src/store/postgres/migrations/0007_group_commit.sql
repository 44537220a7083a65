-- Up Migration

-- Whoever writes to an organization's ledger gives its row another version, and whoever knows the version knows the ledger: what a
-- process remembers is good for as long as it stands.
alter table organizations add column version bigint not null default 0;
-- Under another name, workers of the version before fail at their first statement: they would change the ledger and not its version.
alter table organizations rename column swept_through to clear_through;

-- What is changed beside the ledger's operations, by an older version or by hand, changes the version too.
create function another_version() returns bigint language sql volatile as 'select (random() * 9007199254740991)::bigint';

create function policy_changed() returns trigger language plpgsql as $$
begin
  new.version := another_version();
  return new;
end $$;
create trigger policy_changed before update of policy on organizations for each row execute function policy_changed();

create function budgets_changed() returns trigger language plpgsql as $$
begin
  update organizations set version = another_version() where organization_id in (select organization_id from changed);
  return null;
end $$;
create trigger budgets_made after insert on budgets referencing new table as changed for each statement execute function budgets_changed();
create trigger budgets_left after update on budgets referencing old table as changed for each statement execute function budgets_changed();
create trigger budgets_changed after update on budgets referencing new table as changed for each statement execute function budgets_changed();
create trigger budgets_removed after delete on budgets referencing old table as changed for each statement execute function budgets_changed();
create function budgets_emptied() returns trigger language plpgsql as $$
begin
  update organizations set version = another_version();
  return null;
end $$;
create trigger budgets_emptied after truncate on budgets for each statement execute function budgets_emptied();

-- A hold is written twice in its short life, so its row is as small as it can be: columns for what statements look for, and one text
-- for the rest, in which is left out what can be told from what is there (hold-row.ts).
create function lines_of(lines jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(case when l ? 'heldInDayMicroUsd'
      then jsonb_build_array(l -> 'budgetId', l -> 'periodStart', l -> 'dayStart', l -> 'heldInDayMicroUsd')
      else jsonb_build_array(l -> 'budgetId', l -> 'periodStart', l -> 'dayStart') end order by n), '[]')
    from jsonb_array_elements(lines) with ordinality as e (l, n)
$$;

create table compact_holds (
  organization_id text not null,
  key text not null,
  agent_id text,
  state text not null,
  at bigint not null,
  expires_at bigint not null,
  settled_at bigint,
  held bigint not null,
  body json not null
-- A settled hold is a little longer than an open one.
) with (fillfactor = 45);

insert into compact_holds
select organization_id, key, agent_id, state, at, expires_at, settled_at, held, jsonb_strip_nulls(jsonb_build_object(
  'run', run_id, 'firstRun', first_execution_run_id, 'barred', nullif(barred_run_ids, '[]'), 'team', team_id, 'user', user_id,
  'fingerprint', fingerprint, 'estimate', estimate, 'ttl', ttl_ms, 'reserved', reserved, 'started', nullif(has_started, false),
  'late', nullif(is_late, false), 'lines', lines_of(lines), 'counted', lines_of(counted),
  'attempts', (select coalesce(jsonb_agg(a - '{lines,startedAt,estimateMicroUsd,chargedMicroUsd,allowanceMicroUsd,isAssumed}'::text[]
      || jsonb_build_object('at', a -> 'startedAt', 'estimate', a -> 'estimateMicroUsd', 'charged', a -> 'chargedMicroUsd',
        'allowance', a -> 'allowanceMicroUsd', 'assumed', a -> 'isAssumed', 'lines', lines_of(a -> 'lines')) order by n), '[]')
    from jsonb_array_elements(attempts) with ordinality as e (a, n))
  )) || case when decision is null then '{}' else jsonb_build_object('decision', decision) end
from holds;

drop table holds;
alter table compact_holds rename to holds;
alter table holds add primary key (organization_id, key);
-- Not on state, and not partial on it: an index on what a settle changes makes every settle write all indexes anew.
create index holds_by_expiry on holds (organization_id, expires_at);
drop function lines_of;

-- Down Migration

-- There is no way back but a backup: what the ledger wrote since would have to be written out in columns again.
do $$ begin raise exception 'Restore a backup from before this migration'; end $$;
