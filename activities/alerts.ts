import { Context } from '@temporalio/activity';
import type { Claimed, ClaimedAlert, ClaimRequest, ClaimedDelivery } from '../src/contract/payloads/alerting';
import type { BudgetReference } from '../src/contract/payloads/reset';
import { RETRIED_FOR_MS, type Delivery, type StoredAlert } from '../src/store/alert-store';
import { loadAlertConfig } from './alert-config';
import { countSuppressed } from './alert-metrics';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';
import { notifierOf } from './notifier-of';
import { alertTaken, claimerIn, createSendAlert, LEASE_MS } from './send-alert';
import { createTestAlerts } from './test-alerts';

const PAGE = 500;
/** With so many messages under way the others are collected for longer: a channel that is dead for a day must not hold up the rest. */
const MANY_IN_FLIGHT = 100;
const LONG_COOLDOWN_MS = 15 * 60_000;

export function createAlertActivities(dependencies: Pick<ActivityDependencies, 'store' | 'notifier' | 'pokeAlerts' | 'namespaceId'>) {
  const { store, pokeAlerts, namespaceId } = dependencies;
  return {
    sendAlert: createSendAlert(dependencies),
    testAlerts: createTestAlerts(dependencies),

    /** Takes the next message of a budget, and says where it has to go. */
    claimAlert: (request: ClaimRequest): Promise<Claimed> =>
      withNamedFailures(async () => {
        // Whatever is claimed without a channel counts as told: another worker may have one.
        const notifier = notifierOf(dependencies);
        const { currentAttemptScheduledTimestampMs: at } = Context.current().info;
        const config = await loadAlertConfig(store, request);
        const { alert, ...answer } = await store.claimAlert({
          ...request,
          claimer: claimerIn(request, namespaceId),
          leaseUntil: at + LEASE_MS,
          targets: config === null ? [] : await notifier.targetsOf(config),
          giveUpAt: at + RETRIED_FOR_MS,
          at,
          cooldownMs: cooldownOf(config?.cooldownMinutes ?? 0, request.inFlight.length),
        });
        if (alert?.createdAt === at) countSuppressed(alert);
        return { ...answer, alert: alert && claimedOf(alert, ({ state }) => state === 'pending') };
      }),

    /** Makes a delivery that failed or was disabled one to send; null when there is none such. */
    reopenDelivery: (request: ClaimedDelivery): Promise<ClaimedAlert | null> =>
      withNamedFailures(async () => {
        const { currentAttemptScheduledTimestampMs: at } = Context.current().info;
        const claimer = claimerIn(request, namespaceId);
        const alert = await store.reopenDelivery({ ...request, claimer, at, leaseUntil: at + LEASE_MS, giveUpAt: at + RETRIED_FOR_MS });
        if (alert === 'taken') throw alertTaken();
        return alert && claimedOf(alert, ({ channel }) => channel === request.channel);
      }),

    /** Wakes the alert workflows of budgets whose poke was lost, or whose sender is gone. One that cannot be woken keeps no other waiting. */
    pokeWaitingAlerts: (at: number): Promise<number> =>
      withNamedFailures(async () => {
        let poked = 0;
        const failures: string[] = [];
        for (let after: BudgetReference | null = null, isMore = true; isMore;) {
          const page: readonly BudgetReference[] = await store.budgetsToAlert(at, after, PAGE);
          for (const { organizationId, budgetId } of page) {
            await pokeAlerts?.(organizationId, budgetId).catch((error: unknown) => failures.push(`${budgetId}: ${messageOf(error)}`));
          }
          poked += page.length;
          after = page.at(-1) ?? null;
          isMore = page.length === PAGE;
        }
        if (failures.length > 0) throw new Error(`Alerts could not be woken of ${failures.slice(0, 10).join('; ')}`);
        return poked;
      }),
  };
}

function cooldownOf(cooldownMinutes: number, inFlight: number): number {
  const cooldownMs = Math.round(cooldownMinutes * 60_000);
  return inFlight < MANY_IN_FLIGHT ? cooldownMs : Math.max(cooldownMs, LONG_COOLDOWN_MS);
}

function claimedOf({ alertId, message, deliveries }: StoredAlert, isWanted: (delivery: Delivery) => boolean): ClaimedAlert {
  const channels = deliveries.filter(isWanted).map(({ channel, notBefore }) => ({ channel, notBefore }));
  return { alertId, event: message.event, channels };
}
