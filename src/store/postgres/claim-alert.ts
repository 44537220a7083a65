import type { Pool } from 'pg';
import { alertMessage } from '../../contract/payloads/alert-message';
import { addressOf, firstDeliveries, messageId, type AlertClaim, type ClaimAnswer, type StoredAlert } from '../alert-store';
import { takeLease } from './alert-lease';
import { loadAlert } from './alert-row';
import { inTransaction, rowsOf, type Queryable } from './connection';
import { lockWaiting } from './happening-row';
import { loadBudgetsNamed } from './load-budgets';

const UNFINISHED = `
  select alert_id from alerts where organization_id = $1 and budget_id = $2 and not is_finished and alert_id <> all($3)
  order by alert_id limit 1`;

const INSERT = `
  insert into alerts (organization_id, alert_id, budget_id, message, created_at, give_up_at, is_finished)
  values ($1, $2, $3, $4, $5, $6, $7)`;

const INSERT_DELIVERIES = `
  insert into deliveries (organization_id, alert_id, channel, target, fingerprint, state, remaining, refused, attempts, last_attempts,
                          not_before, note, updated_at)
  select $1, $2, d.channel, d.target, d.fingerprint, d.state, d.remaining, d.refused, d.attempts, d."lastAttempts", d."notBefore",
    d.note, d."updatedAt"
  from jsonb_to_recordset($3) as d (channel text, target text, fingerprint text, state text, remaining jsonb, refused jsonb,
    attempts integer, "lastAttempts" jsonb, "notBefore" bigint, note text, "updatedAt" bigint)`;

// The lease outlasts the cooldown: nobody else need look after what is being collected.
const COOL = `
  update alert_senders set cools_until = $3, lease_until = greatest(lease_until, $4) where organization_id = $1 and budget_id = $2`;

const DISABLED = 'select channel, fingerprint from disabled_addresses where organization_id = $1 and budget_id = $2';

/** What was left unfinished, or else, once the cooldown is over, a new message of all that waits. */
export function claimAlert(pool: Pool, claim: AlertClaim): Promise<ClaimAnswer> {
  return inTransaction(pool, async (db) => {
    const { organizationId, budgetId, inFlight, at } = claim;
    const sender = await takeLease(db, claim);
    if (sender === undefined) return { isTaken: true, alert: null, coolsUntil: at };
    const { cools_until: coolsUntil } = sender;
    const [left] = await rowsOf<{ alert_id: number }>(db, UNFINISHED, [organizationId, budgetId, inFlight]);
    if (left !== undefined) {
      return { isTaken: false, alert: (await loadAlert(db, organizationId, left.alert_id)) ?? null, coolsUntil };
    }
    const alert = coolsUntil > at ? null : await makeAlert(db, claim, coolsUntil);
    if (alert === null) return { isTaken: false, alert, coolsUntil };
    const cooled = at + claim.cooldownMs;
    await rowsOf(db, COOL, [organizationId, budgetId, cooled, cooled + claim.leaseUntil - at]);
    return { isTaken: false, alert, coolsUntil: cooled };
  });
}

async function makeAlert(db: Queryable, claim: AlertClaim, cooledUntil: number): Promise<StoredAlert | null> {
  const { organizationId, budgetId, at, giveUpAt, targets } = claim;
  const waiting = await lockWaiting(db, organizationId, budgetId);
  const [first] = waiting;
  if (first === undefined) return null;
  const [budget] = await loadBudgetsNamed(db, organizationId, [budgetId]);
  if (budget === undefined) {
    // Nobody is left to be told.
    const forget = 'delete from happenings where organization_id = $1 and budget_id = $2 and alert_id is null';
    await rowsOf(db, forget, [organizationId, budgetId]);
    return null;
  }
  const alertId = first.happeningId;
  const happenings = waiting.map(({ happening }) => happening);
  // What happened during a cooldown was collected.
  const isDigest = happenings.some((happening) => happening.at < cooledUntil);
  const message = alertMessage({ id: messageId(claim, alertId), budgetId, scope: budget.scope, happenings, isDigest });
  const disabled = await rowsOf<{ channel: 'webhook'; fingerprint: string }>(db, DISABLED, [organizationId, budgetId]);
  const deliveries = firstDeliveries(targets, new Set(disabled.map(addressOf)), at);
  const isFinished = deliveries.every(({ state }) => state !== 'pending');
  await rowsOf(db, INSERT, [organizationId, alertId, budgetId, JSON.stringify(message), at, giveUpAt, isFinished]);
  await rowsOf(db, INSERT_DELIVERIES, [organizationId, alertId, JSON.stringify(deliveries)]);
  const told = `update happenings set alert_id = $4
                where organization_id = $1 and budget_id = $2 and alert_id is null and happening_id = any($3)`;
  const ids = waiting.map(({ happeningId }) => happeningId);
  await rowsOf(db, told, [organizationId, budgetId, ids, alertId]);
  return { alertId, budgetId, message, createdAt: at, giveUpAt, deliveries };
}
