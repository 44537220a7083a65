import { coalesced, type Happening } from '../../domain/ledger';
import type { Statement } from './connection';

const GIVEN = `jsonb_to_recordset($2) as h (
    "budgetId" text, what text, "window" text, kind text, "windowStart" bigint, threshold double precision, sequence bigint,
    at bigint, usage double precision, reason text, "agentId" text, count bigint, figures jsonb)`;

const COLUMNS = `organization_id, budget_id, what, win, kind, window_start, threshold, sequence, at, usage, reason, agent_id, count, figures`;

const INSERT = `
  insert into happenings (${COLUMNS})
  select $1, h.* from ${GIVEN}
  on conflict (organization_id, budget_id, what, win, kind, window_start, threshold, sequence) do nothing
  returning budget_id`;

// One row for all that nobody has taken on yet. Whoever writes has the organization's lock, so only a claim comes between: then the
// update finds nothing, and the next number is free.
const COUNT_DENIALS = `
  with h as (select * from ${GIVEN}),
  counted as (
    update happenings told
    set count = told.count + h.count, at = h.at, usage = h.usage, reason = h.reason, agent_id = h."agentId", figures = h.figures
    from h
    where told.organization_id = $1 and told.budget_id = h."budgetId" and told.what = h.what and told.win = h."window"
      and told.kind = h.kind and told.window_start = h."windowStart" and told.threshold = 0 and told.alert_id is null
    returning told.budget_id, told.win, told.kind, told.window_start)
  insert into happenings (${COLUMNS})
  select $1, h."budgetId", h.what, h."window", h.kind, h."windowStart", 0,
    (select coalesce(max(told.sequence) + 1, 0) from happenings told
     where told.organization_id = $1 and told.budget_id = h."budgetId" and told.what = h.what and told.win = h."window"
       and told.kind = h.kind and told.window_start = h."windowStart" and told.threshold = 0),
    h.at, h.usage, h.reason, h."agentId", h.count, h.figures
  from h
  where (h."budgetId", h."window", h.kind, h."windowStart") not in (select budget_id, win, kind, window_start from counted)
  returning budget_id`;

/** The outbox: in the transaction in which it happened, each identity once. The statements return the budgets that have something new to tell. */
export function tellHappenings(organizationId: string, happenings: readonly Happening[]): Statement[] {
  const rows = coalesced(happenings).map(({ month, day, closed, ...row }) => ({ ...row, figures: { month, day, closed } }));
  const statement = (text: string, told: typeof rows): Statement[] =>
    told.length === 0 ? [] : [{ text, values: [organizationId, JSON.stringify(told)] }];
  return [
    ...statement(
      INSERT,
      rows.filter(({ what }) => what !== 'denied'),
    ),
    ...statement(
      COUNT_DENIALS,
      rows.filter(({ what }) => what === 'denied'),
    ),
  ];
}
