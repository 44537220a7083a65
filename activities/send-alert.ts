import { ApplicationFailure, Context } from '@temporalio/activity';
import { FailureType } from '../src/contract/names/failures';
import type { ClaimedDelivery, ClaimRequest } from '../src/contract/payloads/alerting';
import { NotifyFailure } from '../src/notify/notify-failure';
import { noteOf } from '../src/notify/sent';
import { MOST_ATTEMPTS_KEPT, type Delivery, type DeliveryState, type StoredAlert } from '../src/store/alert-store';
import { loadAlertConfig } from './alert-config';
import { countFailed, countSent } from './alert-metrics';
import { untilLedgerAnswers } from './attempt';
import type { ActivityDependencies } from './dependencies';
import { withNamedFailures } from './failures';
import { startHeartbeats } from './heartbeat';
import { notifierOf } from './notifier-of';

/** How long a sender's lease lasts after each sign of life; longer than the pause between two attempts. */
export const LEASE_MS = 20 * 60_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** What an attempt leaves behind. */
type Change = Pick<Delivery, 'state' | 'note'> & Partial<Pick<Delivery, 'target' | 'fingerprint' | 'remaining' | 'refused' | 'notBefore'>>;

/** A sender's name, in all clusters that share the ledger. */
export function claimerIn({ claimer }: Pick<ClaimRequest, 'claimer'>, namespaceId = ''): string {
  return `${namespaceId}/${claimer}`;
}

/** One attempt at a channel. What cannot succeed is written down as such; whatever may is thrown, to be tried again. */
export function createSendAlert(dependencies: Pick<ActivityDependencies, 'store' | 'notifier' | 'namespaceId'>) {
  const { store, namespaceId } = dependencies;

  async function attempt({ message, budgetId, giveUpAt }: StoredAlert, delivery: Delivery, at: number): Promise<Change> {
    const notifier = notifierOf(dependencies);
    const { channel, remaining, refused } = delivery;
    const config = await loadAlertConfig(store, { organizationId: message.organizationId, budgetId });
    if (config === null) return { state: 'failed', note: 'The budget was removed' };
    // An email goes to whoever has not had it yet.
    const targets = channel === 'email' && remaining !== null ? { ...config, emailRecipients: remaining } : config;
    const later = (note: string, wantedPauseMs: number | null, more: Partial<Change> = {}): Change => {
      const notBefore = at + Math.max(wantedPauseMs ?? 0, pauseAfter(delivery.attempts));
      if (notBefore >= giveUpAt) return { state: 'failed', note: `Given up: ${note}`, ...more };
      return { state: 'pending', note, notBefore, ...more };
    };
    try {
      // To its end, whoever cancels: a request that is cut off may have arrived, and would be repeated.
      const sent = await notifier.send(channel, message, targets, new AbortController().signal);
      const all = { ...sent, refused: [...refused, ...sent.refused] };
      const note = noteOf(all);
      if (sent.deferred.length === 0) return { state: 'sent', note, remaining: null, refused: all.refused };
      const left = sent.deferred.map(({ recipient }) => recipient);
      return later(note ?? '', null, { remaining: left, refused: all.refused });
    } catch (error) {
      if (!(error instanceof NotifyFailure)) throw error;
      if (error.isRetryable) return later(error.message, error.retryAfterMs);
      // The address that answered, which may not be the one of when the message was made.
      const address = (await notifier.targetsOf(config)).find((target) => target.channel === channel);
      return { ...address, state: error.disables ? 'disabled' : 'failed', note: error.message };
    }
  }

  async function send(request: ClaimedDelivery): Promise<DeliveryState> {
    const { organizationId, budgetId, alertId, channel } = request;
    const { currentAttemptScheduledTimestampMs: at } = Context.current().info;
    const alert = await store.alert(organizationId, alertId);
    const delivery = alert?.deliveries.find((found) => found.channel === channel);
    // A message that is gone needs nobody.
    if (alert === undefined || delivery === undefined) return 'failed';
    if (delivery.state !== 'pending') return delivery.state;
    const lease = { organizationId, budgetId, claimer: claimerIn(request, namespaceId), leaseUntil: at + LEASE_MS, at };
    if (!(await store.renewLease(lease))) {
      throw alertTaken();
    }
    const change = await attempt(alert, delivery, at);
    const changed = attempted(delivery, change, at);
    // What has arrived must not be sent again because the ledger is away just now.
    await untilLedgerAnswers(() => store.putDelivery(organizationId, alertId, changed, changed.notBefore + LEASE_MS));
    if (changed.state === 'pending') {
      const nextRetryDelay = changed.notBefore - at;
      throw ApplicationFailure.create({ message: changed.note ?? 'Not sent', type: FailureType.alertNotSent, nextRetryDelay });
    }
    if (changed.state === 'sent') countSent(channel);
    else countFailed(channel);
    return changed.state;
  }

  return (request: ClaimedDelivery): Promise<DeliveryState> =>
    withNamedFailures(async () => {
      const stopHeartbeats = startHeartbeats();
      return send(request).finally(stopHeartbeats);
    });
}

export function alertTaken(): ApplicationFailure {
  return ApplicationFailure.nonRetryable("Another deployment sends this budget's alerts now", FailureType.alertTaken);
}

// By the attempts that the ledger knows of, whichever run of the workflow made them.
function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10));
}

function attempted(delivery: Delivery, change: Change, at: number): Delivery {
  const number = delivery.attempts + 1;
  const answer = change.note ?? 'Delivered';
  const lastAttempts = [...delivery.lastAttempts, { attempt: number, at, answer }].slice(-MOST_ATTEMPTS_KEPT);
  return { ...delivery, ...change, attempts: number, lastAttempts, updatedAt: at };
}
