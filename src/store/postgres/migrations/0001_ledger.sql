-- Up Migration

-- Amounts are micro-US-dollars, instants are epoch milliseconds. A row's organization always comes first in its key:
-- whoever changes an organization's ledger locks its row in `organizations`, so no two writers ever meet further down.
create table organizations (
  organization_id text primary key,
  policy jsonb,
  -- Every hold that expired by this instant has been settled: where the look-out for overdue holds starts.
  swept_through bigint not null default -9007199254740991
) with (fillfactor = 50);

create table budgets (
  organization_id text not null,
  budget_id text not null,
  team_id text,
  user_id text,
  agent_id text,
  monthly_micro_usd bigint,
  daily_micro_usd bigint,
  monthly_executions bigint,
  daily_executions bigint,
  mode text not null,
  time_zone text not null,
  anchor_day integer not null,
  warning_threshold double precision not null,
  degradation_threshold double precision not null,
  primary key (organization_id, budget_id)
);

create table agents (
  organization_id text not null,
  agent_id text not null,
  definition jsonb not null,
  primary key (organization_id, agent_id)
);

-- A new period is a new row, made on first touch; nothing is ever wiped.
create table balances (
  organization_id text not null,
  budget_id text not null,
  period_start bigint not null,
  period_end bigint not null,
  time_zone text not null,
  carried_in bigint not null,
  month_spent bigint not null,
  month_held bigint not null,
  month_executions bigint not null,
  day_start bigint not null,
  day_end bigint not null,
  day_spent bigint not null,
  day_held bigint not null,
  day_executions bigint not null,
  primary key (organization_id, budget_id, period_start)
) with (fillfactor = 50);

create table holds (
  organization_id text not null,
  key text not null,
  run_id text,
  first_execution_run_id text,
  barred_run_id text,
  team_id text,
  user_id text,
  agent_id text,
  fingerprint text not null,
  estimate bigint not null,
  at bigint not null,
  ttl_ms bigint not null,
  expires_at bigint not null,
  state text not null,
  decision jsonb,
  lines jsonb not null,
  held bigint not null,
  reserved bigint not null,
  has_started boolean not null,
  counted jsonb not null,
  attempts jsonb not null,
  settled_at bigint,
  is_late boolean not null,
  primary key (organization_id, key)
) with (fillfactor = 50);

-- Not on state, and not partial on it: an index on what a settle changes makes every settle write all indexes anew.
create index holds_by_expiry on holds (organization_id, expires_at);

create table entries (
  organization_id text not null,
  entry_id bigint generated always as identity,
  key text not null,
  attempt_id text,
  kind text not null,
  at bigint not null,
  budget_id text,
  period_start bigint,
  day_start bigint,
  spent bigint not null,
  held bigint not null,
  overage bigint not null,
  is_unconfirmed boolean not null,
  is_late boolean not null,
  primary key (organization_id, entry_id)
);

-- Down Migration

drop table entries, holds, balances, agents, budgets, organizations;
