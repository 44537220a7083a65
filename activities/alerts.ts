import { ApplicationFailure } from '@temporalio/activity';
import type { Claimed, ClaimedAlert, ClaimRequest, ReopenRequest } from '../src/contract/payloads/alerting';
import type { BudgetReference } from '../src/contract/payloads/reset';
import { RETRIED_FOR_MS, type Delivery, type StoredAlert } from '../src/store/alert-store';
import { loadAlertConfig } from './alert-config';
import { countSuppressed } from './alert-metrics';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';
import { claimerIn, createSendAlert, LEASE_MS } from './send-alert';
import { createTestAlerts } from './test-alerts';

const PAGE = 500;

export function createAlertActivities(dependencies: Pick<ActivityDependencies, 'store' | 'notifier' | 'pokeAlerts' | 'namespaceId'>) {
  const { store, notifier, pokeAlerts, namespaceId } = dependencies;
  return {
    sendAlert: createSendAlert(dependencies),
    testAlerts: createTestAlerts(dependencies),

    /** Takes the next message of a budget, and says where it has to go. */
    claimAlert: (request: ClaimRequest): Promise<Claimed> =>
      withNamedFailures(async () => {
        // Whatever is claimed without a channel counts as told: another worker may have one.
        if (notifier === undefined) throw ApplicationFailure.retryable('This worker sends no alerts: give it a notifier', 'NoNotifier');
        const { at } = request;
        const config = await loadAlertConfig(store, request);
        const { alert, ...answer } = await store.claimAlert({
          ...request,
          claimer: claimerIn(namespaceId, request.claimer),
          leaseUntil: at + LEASE_MS,
          targets: await notifier.targetsOf(config),
          giveUpAt: at + RETRIED_FOR_MS,
          cooldownMs: Math.round(config.cooldownMinutes * 60_000),
        });
        if (alert?.createdAt === at) countSuppressed(alert);
        return { ...answer, alert: alert && claimedOf(alert, ({ state }) => state === 'pending') };
      }),

    /** Makes a delivery that failed or was disabled one to send; null when there is none such. */
    reopenDelivery: (request: ReopenRequest): Promise<ClaimedAlert | null> =>
      withNamedFailures(async () => {
        const { at } = request;
        const claimer = claimerIn(namespaceId, request.claimer);
        const alert = await store.reopenDelivery({ ...request, claimer, leaseUntil: at + LEASE_MS, giveUpAt: at + RETRIED_FOR_MS });
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

function claimedOf({ alertId, message, deliveries }: StoredAlert, isWanted: (delivery: Delivery) => boolean): ClaimedAlert {
  const channels = deliveries.filter(isWanted).map(({ channel, notBefore }) => ({ channel, notBefore }));
  return { alertId, event: message.event, channels };
}
