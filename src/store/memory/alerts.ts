import { alertMessage } from '../../contract/payloads/alert-message';
import type { Happening } from '../../domain/ledger';
import {
  addressOf,
  firstDeliveries,
  isOver,
  messageId,
  type AlertClaim,
  type AlertStore,
  type ClaimAnswer,
  type Delivery,
  type Reopening,
  type SenderLease,
  type StoredAlert,
} from '../alert-store';
import type { BudgetReference } from '../../contract/payloads/reset';
import { isClosedAt } from './periods';
import type { Shelf } from './memory-store';

/** What happened, and in which message it was told. */
export interface Told {
  readonly happeningId: number;
  happening: Happening;
  alertId: number | null;
}

/** Who sends a budget's alerts. */
export interface Sender {
  claimer: string;
  leaseUntil: number;
  coolsUntil: number;
}

export function memoryAlerts(shelfOf: (organizationId: string) => Shelf, shelves: ReadonlyMap<string, Shelf>): Omit<AlertStore, 'onNews'> {
  return {
    policy: (organizationId) => Promise.resolve(shelfOf(organizationId).policy),
    claimAlert: (claim) => Promise.resolve(claimIn(shelfOf(claim.organizationId), claim)),
    renewLease: (lease) => Promise.resolve(leased(shelfOf(lease.organizationId), lease) !== null),
    putDelivery: (organizationId, alertId, delivery, leaseUntil) => {
      const shelf = shelfOf(organizationId);
      const alert = shelf.alerts.get(alertId);
      const sender = alert && shelf.senders.get(alert.budgetId);
      if (alert === undefined || sender === undefined) return Promise.resolve();
      sender.leaseUntil = Math.max(sender.leaseUntil, leaseUntil);
      const known = alert.deliveries.find(({ channel }) => channel === delivery.channel);
      if (known?.state !== 'pending' || (known.attempts !== delivery.attempts - 1 && delivery.state !== 'sent')) return Promise.resolve();
      shelf.alerts.set(alertId, withDelivery(alert, { ...delivery, attempts: Math.max(known.attempts, delivery.attempts) }));
      if (delivery.state === 'disabled') shelf.disabled.add(`${alert.budgetId} ${addressOf(delivery)}`);
      return Promise.resolve();
    },
    reopenDelivery: (reopening) => Promise.resolve(reopened(shelfOf(reopening.organizationId), reopening)),
    enableAddress: ({ organizationId, budgetId }, address) => {
      shelfOf(organizationId).disabled.delete(`${budgetId} ${addressOf(address)}`);
      return Promise.resolve();
    },
    alert: (organizationId, alertId) => Promise.resolve(shelfOf(organizationId).alerts.get(alertId)),
    alerts: (organizationId, budgetId, most, before = Infinity) => {
      const all = [...shelfOf(organizationId).alerts.values()].filter((alert) => alert.budgetId === budgetId && alert.alertId < before);
      return Promise.resolve(all.sort((a, b) => b.alertId - a.alertId).slice(0, most));
    },
    budgetsToAlert: (at, after, most) => {
      const all = [...shelves].flatMap(([organizationId, shelf]) => toAlert(organizationId, shelf, at)).sort(byName);
      return Promise.resolve(all.filter((name) => after === null || byName(after, name) < 0).slice(0, most));
    },
    pruneAlerts: (organizationId, before, most) => {
      const named = organizationId === null ? [...shelves.values()] : [shelfOf(organizationId)];
      const old = named.flatMap((shelf) => oldAlerts(shelf, before).map((alert) => ({ shelf, alert })));
      const gone = old.sort((a, b) => a.alert.createdAt - b.alert.createdAt).slice(0, most);
      for (const { shelf, alert } of gone) {
        shelf.alerts.delete(alert.alertId);
        for (const [identity, told] of shelf.happenings) if (told.alertId === alert.alertId) shelf.happenings.delete(identity);
      }
      return Promise.resolve(gone.length);
    },
  };
}

// Over, and nothing of it may happen again: each month that its happenings are of is closed.
function oldAlerts(shelf: Shelf, before: number): StoredAlert[] {
  const isOver = ({ happening }: Told) => isClosedAt(shelf, happening.budgetId, happening.windowStart, before);
  return [...shelf.alerts.values()].filter((alert) => {
    const told = [...shelf.happenings.values()].filter(({ alertId }) => alertId === alert.alertId);
    return alert.createdAt < before && !isPending(alert) && told.every(isOver);
  });
}

function claimIn(shelf: Shelf, claim: AlertClaim): ClaimAnswer {
  const { budgetId, inFlight, at } = claim;
  const sender = leased(shelf, claim);
  if (sender === null) return { isTaken: true, alert: null, coolsUntil: at };
  const left = [...shelf.alerts.values()].find(
    (alert) => alert.budgetId === budgetId && isPending(alert) && !inFlight.includes(alert.alertId),
  );
  const alert = left ?? (sender.coolsUntil > at ? null : madeNow(shelf, claim, sender));
  return { isTaken: false, alert, coolsUntil: sender.coolsUntil };
}

function leased(shelf: Shelf, { budgetId, claimer, leaseUntil, at }: SenderLease): Sender | null {
  const sender = shelf.senders.get(budgetId) ?? { claimer, leaseUntil: 0, coolsUntil: 0 };
  if (sender.claimer !== claimer && sender.leaseUntil > at) return null;
  sender.leaseUntil = sender.claimer === claimer ? Math.max(sender.leaseUntil, leaseUntil) : leaseUntil;
  sender.claimer = claimer;
  shelf.senders.set(budgetId, sender);
  return sender;
}

function madeNow(shelf: Shelf, claim: AlertClaim, sender: Sender): StoredAlert | null {
  const { budgetId, at, giveUpAt, targets } = claim;
  const waiting = waitingIn(shelf, budgetId);
  const [first] = waiting;
  if (first === undefined) return null;
  const budget = shelf.budgets.get(budgetId);
  if (budget === undefined) {
    // Nobody is left to be told.
    for (const [place, { happening, alertId }] of shelf.happenings) {
      if (happening.budgetId === budgetId && alertId === null) shelf.happenings.delete(place);
    }
    return null;
  }
  const alertId = first.happeningId;
  const happenings = waiting.map(({ happening }) => happening);
  const isDigest = happenings.some((happening) => happening.at < sender.coolsUntil);
  const message = alertMessage({ id: messageId(claim, alertId), budgetId, scope: budget.scope, happenings, isDigest });
  for (const told of waiting) told.alertId = alertId;
  const disabled = new Set(targets.map(addressOf).filter((address) => shelf.disabled.has(`${budgetId} ${address}`)));
  const alert = { alertId, budgetId, message, createdAt: at, giveUpAt, deliveries: firstDeliveries(targets, disabled, at) };
  shelf.alerts.set(alertId, alert);
  sender.coolsUntil = at + claim.cooldownMs;
  sender.leaseUntil = Math.max(sender.leaseUntil, sender.coolsUntil + claim.leaseUntil - at);
  return alert;
}

function reopened(shelf: Shelf, reopening: Reopening): StoredAlert | 'taken' | null {
  const { budgetId, alertId, channel, giveUpAt, at } = reopening;
  const alert = shelf.alerts.get(alertId);
  const delivery = alert?.deliveries.find((other) => other.channel === channel);
  if (alert?.budgetId !== budgetId || delivery === undefined || !isOver(delivery)) return null;
  if (leased(shelf, reopening) === null) return 'taken';
  shelf.disabled.delete(`${budgetId} ${addressOf(delivery)}`);
  const again = { ...delivery, state: 'pending' as const, note: null, notBefore: at, updatedAt: at };
  const open = withDelivery({ ...alert, giveUpAt }, again);
  shelf.alerts.set(alertId, open);
  return open;
}

function withDelivery(alert: StoredAlert, delivery: Delivery): StoredAlert {
  const deliveries = alert.deliveries.map((other) => (other.channel === delivery.channel ? delivery : other));
  return { ...alert, deliveries };
}

function waitingIn(shelf: Shelf, budgetId: string): Told[] {
  return [...shelf.happenings.values()]
    .filter(({ happening, alertId }) => happening.budgetId === budgetId && alertId === null)
    .sort((a, b) => a.happeningId - b.happeningId);
}

export function isPending({ deliveries }: StoredAlert): boolean {
  return deliveries.some(({ state }) => state === 'pending');
}

function toAlert(organizationId: string, shelf: Shelf, at: number): BudgetReference[] {
  const isLeased = (budgetId: string) => (shelf.senders.get(budgetId)?.leaseUntil ?? 0) > at;
  const isCooling = (budgetId: string) => (shelf.senders.get(budgetId)?.coolsUntil ?? 0) > at;
  const waiting = [...shelf.happenings.values()]
    .filter(({ alertId }) => alertId === null)
    .map(({ happening }) => happening.budgetId)
    .filter((budgetId) => !(isLeased(budgetId) && isCooling(budgetId)));
  const left = [...shelf.alerts.values()].filter((alert) => isPending(alert) && !isLeased(alert.budgetId)).map(({ budgetId }) => budgetId);
  return [...new Set([...waiting, ...left])].map((budgetId) => ({ organizationId, budgetId }));
}

function byName(a: BudgetReference, b: BudgetReference): number {
  if (a.organizationId !== b.organizationId) return a.organizationId < b.organizationId ? -1 : 1;
  return a.budgetId === b.budgetId ? 0 : a.budgetId < b.budgetId ? -1 : 1;
}
