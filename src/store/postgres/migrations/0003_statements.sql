-- Up Migration

-- What a statement says is on the period's own row, as of its end, whenever it is written.
alter table balances
  add column monthly_limit bigint,
  add column raised bigint not null default 0,
  add column rollover_percent integer not null default 0,
  add column peak bigint not null default 0,
  add column midway bigint not null default 0,
  add column late bigint not null default 0,
  add column closed_at bigint;

update balances b set
  monthly_limit = (select monthly_micro_usd from budgets g where g.organization_id = b.organization_id and g.budget_id = b.budget_id),
  peak = month_spent + month_held,
  midway = coalesce((select sum(spent) from entries e where e.organization_id = b.organization_id and e.budget_id = b.budget_id
                     and e.period_start = b.period_start and e.at - b.period_start < b.period_end - e.at), 0),
  late = coalesce((select sum(spent) from entries e where e.organization_id = b.organization_id and e.budget_id = b.budget_id
                   and e.period_start = b.period_start and e.at >= b.period_end), 0);

-- The periods that wait to be closed. Partial, since they are few; nothing that a settle changes is in it.
create index balances_to_close on balances (time_zone collate "C", organization_id collate "C", budget_id collate "C", period_end)
  where closed_at is null;

alter table budgets
  add column rollover_percent integer not null default 0,
  add column raise jsonb;

-- What a budget was charged in a stretch of time.
create index entries_by_time on entries (organization_id, budget_id, at);

-- Down Migration

drop index entries_by_time, balances_to_close;
alter table budgets drop column rollover_percent, drop column raise;
alter table balances
  drop column monthly_limit, drop column raised, drop column rollover_percent, drop column peak,
  drop column midway, drop column late, drop column closed_at;
