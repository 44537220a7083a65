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

update balances b set peak = month_spent + month_held, monthly_limit = (
  select monthly_micro_usd from budgets g where g.organization_id = b.organization_id and g.budget_id = b.budget_id);

update balances b set midway = e.midway, late = e.late
from (
  select e.organization_id, e.budget_id, e.period_start,
    coalesce(sum(e.spent) filter (where e.at - p.period_start < p.period_end - e.at), 0) as midway,
    coalesce(sum(e.spent) filter (where e.at >= p.period_end), 0) as late
  from entries e join balances p using (organization_id, budget_id, period_start)
  group by 1, 2, 3
) e
where b.organization_id = e.organization_id and b.budget_id = e.budget_id and b.period_start = e.period_start;

-- The periods that wait to be closed. Partial, since they are few; nothing that a settle changes is in it.
create index balances_to_close on balances (time_zone collate "C", organization_id collate "C", budget_id collate "C", period_end)
  where closed_at is null;

alter table budgets
  add column rollover_percent integer not null default 0,
  add column raise jsonb;

-- The zones and anchor days in use.
create index budgets_by_zone on budgets (time_zone collate "C", anchor_day);

-- What a budget was charged in a stretch of time.
create index entries_by_time on entries (organization_id, budget_id, at) include (spent) where spent <> 0;

-- Down Migration

drop index entries_by_time, budgets_by_zone, balances_to_close;
alter table budgets drop column rollover_percent, drop column raise;
alter table balances
  drop column monthly_limit, drop column raised, drop column rollover_percent, drop column peak,
  drop column midway, drop column late, drop column closed_at;
