-- Up Migration

-- Null is nothing yet: workers of the version before write none.
alter table balances add column alerted jsonb;
alter table budgets add column alerts jsonb;

-- The outbox: what budgets' people are told, written in the transaction in which it happened.
create table happenings (
  organization_id text not null,
  budget_id text not null,
  what text not null,
  win text not null,
  kind text not null,
  window_start bigint not null,
  threshold double precision not null,
  sequence bigint not null,
  happening_id bigint generated always as identity,
  at bigint not null,
  usage double precision not null,
  reason text,
  agent_id text,
  count bigint not null,
  -- Month, day and closed month as they stood.
  figures jsonb not null,
  -- The message that tells of it.
  alert_id bigint,
  primary key (organization_id, budget_id, what, win, kind, window_start, threshold, sequence)
);
create index happenings_waiting on happenings (organization_id, budget_id, happening_id) where alert_id is null;

-- Who sends a budget's alerts, until when nobody else may, and until when what happens is collected.
create table alert_senders (
  organization_id text not null,
  budget_id text not null,
  claimer text not null,
  lease_until bigint not null,
  cools_until bigint not null,
  primary key (organization_id, budget_id)
);

-- One message to all channels of a budget. Its id is that of the first happening in it.
create table alerts (
  organization_id text not null,
  alert_id bigint not null,
  budget_id text not null,
  message jsonb not null,
  created_at bigint not null,
  -- Until when channels that fail are tried again.
  give_up_at bigint not null,
  is_finished boolean not null,
  primary key (organization_id, alert_id)
);
create index alerts_unfinished on alerts (organization_id, budget_id, alert_id) where not is_finished;
create index alerts_of_budget on alerts (organization_id, budget_id, alert_id);

create table deliveries (
  organization_id text not null,
  alert_id bigint not null,
  channel text not null,
  target text not null,
  fingerprint text not null,
  state text not null,
  -- Recipients of an email who have not had it, while others have.
  remaining jsonb,
  -- Those refused for good.
  refused jsonb not null,
  attempts integer not null,
  -- The latest, at most 20.
  last_attempts jsonb not null,
  not_before bigint not null,
  note text,
  updated_at bigint not null,
  primary key (organization_id, alert_id, channel)
);

-- Addresses that answered that nothing is wanted there any more.
create table disabled_addresses (
  organization_id text not null,
  budget_id text not null,
  channel text not null,
  fingerprint text not null,
  primary key (organization_id, budget_id, channel, fingerprint)
);

-- Down Migration

drop table disabled_addresses, deliveries, alerts, alert_senders, happenings;
alter table budgets drop column alerts;
alter table balances drop column alerted;
