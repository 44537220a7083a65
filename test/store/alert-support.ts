import { ALERT_DEFAULTS, type BudgetAlertConfig } from '../../src/domain/alert-config';
import type { StoredAlert } from '../../src/store/alert-store';
import { DAY, MINUTE, NOON, type Ledger } from './support';

export const HOOK: BudgetAlertConfig = { ...ALERT_DEFAULTS, webhookUrl: 'https://example.com/hook' };
const TARGETS = [{ channel: 'webhook' as const, target: 'https://example.com', fingerprint: 'hook' }];

interface Claiming {
  readonly at?: number;
  readonly inFlight?: number[];
  readonly claimer?: string;
  readonly cooldownMs?: number;
}

export const claimAnswer = (ledger: Ledger, { at = NOON, inFlight = [], claimer = 'me', cooldownMs = 0 }: Claiming = {}) => {
  const { organizationId, store } = ledger;
  const lease = { organizationId, budgetId: 'main', claimer, leaseUntil: at + 20 * MINUTE, at };
  return store.claimAlert({ ...lease, inFlight, giveUpAt: at + DAY, targets: TARGETS, cooldownMs });
};
/** The message alone. */
export const claim = async (ledger: Ledger, claiming?: Claiming) => (await claimAnswer(ledger, claiming)).alert;
/** What a message says was crossed: `month cost .5`. */
export const crossedIn = (alert: StoredAlert | null) =>
  alert?.message.crossings.map(({ window, kind, threshold }) => `${window} ${kind} ${String(threshold)}`) ?? null;
export const sent = async (ledger: Ledger, alert: StoredAlert | null, at = NOON) => {
  if (alert === null) throw new Error('Nothing was claimed');
  for (const delivery of alert.deliveries) {
    await ledger.store.putDelivery(ledger.organizationId, alert.alertId, { ...delivery, state: 'sent', attempts: 1, updatedAt: at }, at);
  }
};
export const told = async (ledger: Ledger, at = NOON) => {
  const alert = await claim(ledger, { at });
  if (alert !== null) await sent(ledger, alert, at);
  return crossedIn(alert);
};
