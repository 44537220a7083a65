import { alertWorkflowId } from '../../src/contract/names/workflows';
import { createNotifier } from '../../src/notify/notifier';
import { createOutbound } from '../../src/outbound/outbound';
import type { BudgetStore } from '../../src/store/budget-store';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { alertingBudget, startReceivers, type Receivers } from './alerting';
import { eventually } from './eventually';
import { startSkippingTime, TIME_QUEUE, type SkippingTime } from './time-skipping';

const MINUTE = 60_000;

/** A time-skipping server whose worker tells real receivers. */
export interface AlertingTime extends SkippingTime {
  readonly receivers: Receivers;
  startBudget(alerts?: Options): ReturnType<typeof startBudget>;
}

/** With receivers of its own, or somebody else's. */
export async function startAlertingTime(store: BudgetStore, shared?: Receivers): Promise<AlertingTime> {
  const receivers = shared ?? (await startReceivers());
  const outbound = createOutbound({ allowPrivateTargets: true });
  const smtp = { url: receivers.mail.url, from: 'budget@example.com' };
  const time = await startSkippingTime(store, {
    begin: nextTenth(),
    notifier: createNotifier({ outbound, env: {}, smtp, webhookTimeoutMs: 300 }),
  });
  return {
    ...time,
    receivers,
    startBudget: (alerts = {}) => startBudget(store, receivers, time, alerts),
    stop: async () => {
      await time.stop();
      await Promise.all([shared === undefined ? receivers.close() : undefined, outbound.close()]);
    },
  };
}

type Options = NonNullable<Parameters<typeof alertingBudget>[2]>;

/** A budget whose clock starts now: what happens at which of its minutes. */
// Hours on, it must be the same month still.
function nextTenth(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10, 8);
}

async function startBudget(store: BudgetStore, receivers: Receivers, time: SkippingTime, alerts: Options = {}) {
  const begin = await time.now();
  const budget = await alertingBudget(store, receivers, { ...alerts, at: begin });
  const { organizationId } = budget;
  const poke = createAlertPokes(time.client, TIME_QUEUE);
  const minuteOf = (at: number) => Math.round((at - begin) / MINUTE);
  const isSettled = async () => {
    const described = await time.client.workflow.getHandle(alertWorkflowId(organizationId, 'monthly', TIME_QUEUE)).describe();
    if (described.status.name !== 'RUNNING') return true;
    const state = await time.client.workflow
      .getHandle(alertWorkflowId(organizationId, 'monthly', TIME_QUEUE))
      .query<{ phase: string }>('state');
    return state.phase !== 'claiming';
  };
  return {
    ...budget,
    begin,
    /** Charges at a minute, and waits until the alert workflow has heard of it. */
    chargeAt: async (minute: number, costUsd: number) => {
      await time.sleepUntil(begin + minute * MINUTE);
      await budget.charge(costUsd, await time.now());
      await poke(organizationId, 'monthly');
      await eventually(isSettled, (isSo) => isSo);
    },
    poke: () => poke(organizationId, 'monthly'),
    until: (minute: number) => time.sleepUntil(begin + minute * MINUTE),
    /** All that was sent: minute, channel, thresholds, digest or single. */
    sends: async () => {
      const alerts = await budget.alerts();
      return alerts
        .flatMap(({ message, deliveries }) =>
          deliveries.flatMap(({ channel, state, updatedAt }) =>
            state === 'sent' ? [{ updatedAt, channel, message, kind: message.isDigest ? 'digest' : 'single' }] : [],
          ),
        )
        .sort((a, b) => minuteOf(a.updatedAt) - minuteOf(b.updatedAt) || (a.channel < b.channel ? 1 : -1))
        .map(({ updatedAt, channel, message, kind }) => {
          const crossed = message.crossings.map(({ threshold }) => threshold).join(' ');
          return `${String(minuteOf(updatedAt))} ${channel} ${crossed} ${kind}`;
        });
    },
    minuteOf,
  };
}
