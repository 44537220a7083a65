import type { AlertMessage, ChannelName } from '../../contract/payloads/alert';
import type { Delivery, DeliveryAttempt, DeliveryState, StoredAlert } from '../alert-store';
import { rowsOf, type Queryable } from './connection';

interface Row {
  alert_id: number;
  budget_id: string;
  message: AlertMessage;
  created_at: number;
  give_up_at: number;
  deliveries: DeliveryRow[] | null;
}

interface DeliveryRow {
  channel: ChannelName;
  target: string;
  fingerprint: string;
  state: DeliveryState;
  remaining: readonly string[] | null;
  refused: readonly string[];
  attempts: number;
  last_attempts: readonly DeliveryAttempt[];
  not_before: number;
  note: string | null;
  updated_at: number;
}

const ALERTS = `
  select a.alert_id, a.budget_id, a.message, a.created_at, a.give_up_at,
    (select jsonb_agg(to_jsonb(d) order by d.channel collate "C") from deliveries d
     where d.organization_id = a.organization_id and d.alert_id = a.alert_id) as deliveries
  from alerts a where a.organization_id = $1`;

export async function loadAlert(db: Queryable, organizationId: string, alertId: number): Promise<StoredAlert | undefined> {
  const [row] = await rowsOf<Row>(db, `${ALERTS} and a.alert_id = $2`, [organizationId, alertId]);
  return row && alertOf(row);
}

/** A budget's messages, the newest first, from before one on. */
export async function loadAlerts(
  db: Queryable,
  organizationId: string,
  budgetId: string,
  most: number,
  before: number | null,
): Promise<StoredAlert[]> {
  const sql = `${ALERTS} and a.budget_id = $2 and ($4::bigint is null or a.alert_id < $4) order by a.alert_id desc limit $3`;
  return (await rowsOf<Row>(db, sql, [organizationId, budgetId, most, before])).map(alertOf);
}

function alertOf(row: Row): StoredAlert {
  return {
    alertId: row.alert_id,
    budgetId: row.budget_id,
    message: row.message,
    createdAt: row.created_at,
    giveUpAt: row.give_up_at,
    deliveries: (row.deliveries ?? []).map(deliveryOf),
  };
}

function deliveryOf({ last_attempts: lastAttempts, not_before: notBefore, updated_at: updatedAt, ...row }: DeliveryRow): Delivery {
  const { channel, target, fingerprint, state, remaining, refused, attempts, note } = row;
  return { channel, target, fingerprint, state, remaining, refused, attempts, lastAttempts, notBefore, note, updatedAt };
}
