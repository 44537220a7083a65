import type { Pool } from 'pg';
import type { Delivery, Reopening, StoredAlert } from '../alert-store';
import { takeLease } from './alert-lease';
import { loadAlert } from './alert-row';
import { inTransaction, rowsOf, type Queryable } from './connection';

const PUT = `
  update deliveries set state = $4, remaining = $5, refused = $6, attempts = $7, last_attempts = $8, not_before = $9, note = $10,
    updated_at = $11
  where organization_id = $1 and alert_id = $2 and channel = $3`;

const FINISH = `
  update alerts a set is_finished = not exists (
    select from deliveries d where d.organization_id = $1 and d.alert_id = $2 and d.state = 'pending')
  where a.organization_id = $1 and a.alert_id = $2
  returning budget_id`;

const PROLONG = `
  update alert_senders set lease_until = greatest(lease_until, $3) where organization_id = $1 and budget_id = $2`;

const DISABLE = `
  insert into disabled_addresses (organization_id, budget_id, channel, fingerprint) values ($1, $2, $3, $4) on conflict do nothing`;

const REOPEN = `
  update deliveries d set state = 'pending', note = null, not_before = $5, updated_at = $5
  from alerts a
  where d.organization_id = $1 and d.alert_id = $2 and d.channel = $4 and d.state in ('failed', 'disabled')
    and a.organization_id = $1 and a.alert_id = $2 and a.budget_id = $3
  returning d.fingerprint`;

const OPEN = 'update alerts set give_up_at = $3, is_finished = false where organization_id = $1 and alert_id = $2';

const ENABLE = `
  delete from disabled_addresses where organization_id = $1 and budget_id = $2 and channel = $3 and fingerprint = $4`;

/** Writes how a message fares on a channel. */
export function putDelivery(pool: Pool, organizationId: string, alertId: number, delivery: Delivery, leaseUntil: number): Promise<void> {
  const { channel, fingerprint, state, remaining, refused, attempts, lastAttempts, notBefore, note, updatedAt } = delivery;
  const lists = { remaining: remaining && JSON.stringify(remaining), refused: JSON.stringify(refused), last: JSON.stringify(lastAttempts) };
  return inTransaction(pool, async (db) => {
    await lockAlert(db, organizationId, alertId);
    const changed = [state, lists.remaining, lists.refused, attempts, lists.last, notBefore, note, updatedAt];
    await rowsOf(db, PUT, [organizationId, alertId, channel, ...changed]);
    const [alert] = await rowsOf<{ budget_id: string }>(db, FINISH, [organizationId, alertId]);
    if (alert === undefined) return;
    await rowsOf(db, PROLONG, [organizationId, alert.budget_id, leaseUntil]);
    if (state === 'disabled') await rowsOf(db, DISABLE, [organizationId, alert.budget_id, channel, fingerprint]);
  });
}

/** Makes a delivery that is over pending again. */
export function reopenDelivery(pool: Pool, reopening: Reopening): Promise<StoredAlert | null> {
  const { organizationId, budgetId, alertId, channel, giveUpAt, at } = reopening;
  return inTransaction(pool, async (db) => {
    // First, as a claim does: so no two wait for each other.
    if ((await takeLease(db, reopening)) === undefined) return null;
    await lockAlert(db, organizationId, alertId);
    const [reopened] = await rowsOf<{ fingerprint: string }>(db, REOPEN, [organizationId, alertId, budgetId, channel, at]);
    if (reopened === undefined) return null;
    await rowsOf(db, OPEN, [organizationId, alertId, giveUpAt]);
    await rowsOf(db, ENABLE, [organizationId, budgetId, channel, reopened.fingerprint]);
    return (await loadAlert(db, organizationId, alertId)) ?? null;
  });
}

// Of two last channels one must see the other.
async function lockAlert(db: Queryable, organizationId: string, alertId: number): Promise<void> {
  await rowsOf(db, 'select from alerts where organization_id = $1 and alert_id = $2 for update', [organizationId, alertId]);
}
