import type { Pool } from 'pg';
import { HoldState } from '../../domain/ledger';
import type { LooseEnds, StrayRow, WaitingAlerts } from '../loose-ends';
import { holdOf, type HoldRow } from './hold-row';
import { inPatientSnapshot } from './patient-snapshot';

// Of settled holds only those in whose text something open is written: parsing all that there ever were would take much longer.
const HOLDS = `
  select h.*, exists (
    select from json_array_elements(h.body -> 'lines') as l where not exists (
      select from balances b
      where b.organization_id = h.organization_id and b.budget_id = l ->> 0 and b.period_start = (l ->> 1)::bigint)) as lacks_balance
  from holds h
  where h.organization_id = $1 and (h.state = 'held' or h.held <> 0 or h.body::text ~ '"state": ?"open"')
  order by h.key collate "C"`;

// As maintenance looks for them, but of long enough ago.
const WAITING = `
  select budget_id, min(since) as since from (
    select h.budget_id, h.at as since from happenings h
    left join alert_senders s using (organization_id, budget_id)
    where h.organization_id = $1 and h.alert_id is null and h.at <= $2
      and (s.budget_id is null or s.lease_until <= $2 or s.cools_until <= $2)
    union all
    select a.budget_id, a.created_at from alerts a
    left join alert_senders s using (organization_id, budget_id)
    where a.organization_id = $1 and not a.is_finished and a.created_at <= $2 and (s.budget_id is null or s.lease_until <= $2)) waiting
  group by budget_id order by budget_id collate "C"`;

const STRAY = `
  select null as budget_id, d.alert_id, d.channel, 'no_alert' as why from deliveries d
  where d.organization_id = $1 and not exists (
    select from alerts a where a.organization_id = d.organization_id and a.alert_id = d.alert_id)
  union all
  select a.budget_id, d.alert_id, d.channel, 'pending_of_finished' from deliveries d join alerts a using (organization_id, alert_id)
  where d.organization_id = $1 and d.state = 'pending' and a.is_finished
  union all
  select distinct h.budget_id, h.alert_id, null, 'told_by_none' from happenings h
  where h.organization_id = $1 and h.alert_id is not null and not exists (
    select from alerts a where a.organization_id = h.organization_id and a.alert_id = h.alert_id)
  order by 2, 3`;

interface Stray {
  budget_id: string | null;
  alert_id: number;
  channel: StrayRow['channel'];
  why: StrayRow['why'];
}

/** What has not ended, and what of the outbox waits since before `before`. */
export function loadLooseEnds(pool: Pool, organizationId: string, before: number): Promise<LooseEnds> {
  return inPatientSnapshot(pool, async (read) => {
    const holds = await read<HoldRow & { lacks_balance: boolean }>(HOLDS, [organizationId]);
    const waiting = await read<{ budget_id: string; since: number }>(WAITING, [organizationId, before]);
    const stray = await read<Stray>(STRAY, [organizationId]);
    return {
      holds: holds.map((row) => {
        const hold = holdOf(row);
        return { hold, lacksBalance: hold.state === HoldState.held && row.lacks_balance };
      }),
      waiting: waiting.map((row): WaitingAlerts => ({ budgetId: row.budget_id, since: row.since })),
      stray: stray.map((row) => ({ budgetId: row.budget_id, alertId: row.alert_id, channel: row.channel, why: row.why })),
    };
  });
}
