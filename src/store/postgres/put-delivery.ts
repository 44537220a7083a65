import type { Pool } from 'pg';
import type { BudgetReference } from '../../contract/payloads/reset';
import type { DeliveryTarget } from '../../contract/payloads/alert';
import { isOver, type Delivery, type Reopening, type StoredAlert } from '../alert-store';
import { takeLease } from './alert-lease';
import { loadAlert } from './alert-row';
import { inTransaction, rowsOf, type Queryable } from './connection';

// An attempt that was given up for dead may end late: it must not undo what a later one wrote. That something was sent stays true.
const PUT = `
  update deliveries set target = $4, fingerprint = $5, state = $6, remaining = $7, refused = $8, attempts = greatest(attempts, $9),
    last_attempts = $10, not_before = $11, note = $12, updated_at = $13
  where organization_id = $1 and alert_id = $2 and channel = $3 and state = 'pending' and (attempts = $9 - 1 or $6 = 'sent')
  returning channel`;

const FINISH = `
  update alerts a set is_finished = not exists (
    select from deliveries d where d.organization_id = $1 and d.alert_id = $2 and d.state = 'pending')
  where a.organization_id = $1 and a.alert_id = $2`;

const PROLONG = `
  update alert_senders s set lease_until = greatest(s.lease_until, $3)
  from alerts a
  where a.organization_id = $1 and a.alert_id = $2 and s.organization_id = $1 and s.budget_id = a.budget_id
  returning s.budget_id`;

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
  const { channel, target, fingerprint, state, remaining, refused, attempts, lastAttempts, notBefore, note, updatedAt } = delivery;
  const lists = { remaining: remaining && JSON.stringify(remaining), refused: JSON.stringify(refused), last: JSON.stringify(lastAttempts) };
  return inTransaction(pool, async (db) => {
    // The sender first, as a claim does: so no two wait for each other.
    const [sender] = await rowsOf<{ budget_id: string }>(db, PROLONG, [organizationId, alertId, leaseUntil]);
    if (sender === undefined) return;
    await lockAlert(db, organizationId, alertId);
    const changed = [target, fingerprint, state, lists.remaining, lists.refused, attempts, lists.last, notBefore, note, updatedAt];
    const written = await rowsOf(db, PUT, [organizationId, alertId, channel, ...changed]);
    if (written.length === 0) return;
    await rowsOf(db, FINISH, [organizationId, alertId]);
    if (state === 'disabled') await rowsOf(db, DISABLE, [organizationId, sender.budget_id, channel, fingerprint]);
  });
}

/** Makes a delivery that is over pending again. */
export function reopenDelivery(pool: Pool, reopening: Reopening): Promise<StoredAlert | 'taken' | null> {
  const { organizationId, budgetId, alertId, channel, giveUpAt, at } = reopening;
  return inTransaction(pool, async (db) => {
    const alert = await loadAlert(db, organizationId, alertId);
    if (alert?.budgetId !== budgetId || !alert.deliveries.some((one) => one.channel === channel && isOver(one))) return null;
    if ((await takeLease(db, reopening)) === undefined) return 'taken';
    await lockAlert(db, organizationId, alertId);
    const [reopened] = await rowsOf<{ fingerprint: string }>(db, REOPEN, [organizationId, alertId, budgetId, channel, at]);
    if (reopened === undefined) return null;
    await rowsOf(db, OPEN, [organizationId, alertId, giveUpAt]);
    await enableAddress(db, { organizationId, budgetId }, { channel, fingerprint: reopened.fingerprint });
    return (await loadAlert(db, organizationId, alertId)) ?? null;
  });
}

/** Lets an address that its receiver disabled hear of a budget again. */
export async function enableAddress(
  db: Queryable,
  { organizationId, budgetId }: BudgetReference,
  { channel, fingerprint }: Pick<DeliveryTarget, 'channel' | 'fingerprint'>,
): Promise<void> {
  await rowsOf(db, ENABLE, [organizationId, budgetId, channel, fingerprint]);
}

// Of two last channels one must see the other.
async function lockAlert(db: Queryable, organizationId: string, alertId: number): Promise<void> {
  await rowsOf(db, 'select from alerts where organization_id = $1 and alert_id = $2 for update', [organizationId, alertId]);
}
