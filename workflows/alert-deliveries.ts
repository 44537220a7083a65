import { CancellationScope, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { summaryOf } from '../src/contract/names/summary';
import type { ClaimedAlert, ClaimedDelivery } from '../src/contract/payloads/alerting';

const { sendAlert } = proxyActivities<Pick<Activities, 'sendAlert'>>({
  // The activity has time-outs of its own, and gives up after a day. Only writing down what came of it may take longer.
  startToCloseTimeout: '2 days',
  // A worker that died is replaced soon: another attempt, the same id.
  heartbeatTimeout: '15s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '10s', maximumInterval: '5m' },
});

/** A queue for each channel. */
export interface Deliveries {
  send(alert: ClaimedAlert): void;
  /** Ends what is under way, but for requests that are out: the next run takes it on. */
  stop(): Promise<void>;
}

/** `onOver` hears of every message that each of its channels has taken or refused, or that was left to another sender. */
export function createDeliveries(claim: Omit<ClaimedDelivery, 'alertId' | 'channel'>, onOver: (alertId: number) => void): Deliveries {
  const scope = new CancellationScope();
  const queues = new Map<string, Promise<void>>();

  async function deliver(delivery: ClaimedDelivery, event: string, notBefore: number): Promise<void> {
    try {
      await scope.run(async () => {
        if (notBefore > Date.now()) await sleep(notBefore - Date.now());
        await sendAlert.executeWithOptions({ summary: summaryOf(`${event} by ${delivery.channel}`) }, [delivery]);
      });
    } catch {
      // Stopped, taken over, or broken: the ledger has it as pending still, and whoever claims next takes it on.
    }
  }

  return {
    send: ({ alertId, event, channels }) => {
      const deliveries = channels.map(({ channel, notBefore }) => {
        const before = queues.get(channel) ?? Promise.resolve();
        const delivery = before.then(() => deliver({ ...claim, alertId, channel }, event, notBefore));
        queues.set(channel, delivery);
        return delivery;
      });
      void Promise.all(deliveries).then(() => {
        onOver(alertId);
      });
    },
    stop: async () => {
      scope.cancel();
      await Promise.all(queues.values());
    },
  };
}
