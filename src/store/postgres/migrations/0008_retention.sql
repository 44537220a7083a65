-- Up Migration

-- What pruned entries and holds added up to: in place of the rows that are gone, `audit` proves balances by these. One row for each day of a
-- budget's month, however many calls it had; '' and 0 for what no budget limited.
create table summaries (
  organization_id text not null,
  budget_id text not null,
  period_start bigint not null,
  day_start bigint not null,
  spent bigint not null,
  midway bigint not null,
  late bigint not null,
  overage bigint not null,
  entries bigint not null,
  executions bigint not null,
  attempts bigint not null,
  primary key (organization_id, budget_id, period_start, day_start)
) with (fillfactor = 50);

-- How far an organization was pruned: without it, each pruning would begin with all that was pruned before. A row of its own, since
-- callers wait for the organization's.
create table prune_marks (
  organization_id text primary key,
  hold_expires_at bigint not null,
  hold_key text not null,
  entry_id bigint not null
) with (fillfactor = 50);

-- Old messages are looked for by their age, which never changes.
create index alerts_by_age on alerts (created_at);

-- Down Migration

drop index alerts_by_age;
drop table prune_marks, summaries;
