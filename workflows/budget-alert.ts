import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { QueryName, SignalName, UpdateName } from '../src/contract/names/workflows';
import { FailureType } from '../src/contract/names/failures';
import type { ChannelName } from '../src/contract/payloads/alert';
import type { AlertingState, ClaimedAlert, DeliveryRequest } from '../src/contract/payloads/alerting';
import type { BudgetReference } from '../src/contract/payloads/reset';
import { createDeliveries } from './alert-deliveries';

export const poke = defineSignal(SignalName.poke);
type Wish = Pick<DeliveryRequest, 'alertId' | 'channel'>;
export const sendAgain = defineUpdate<boolean, [Wish]>(UpdateName.sendAgain);

const CHANNELS = { webhook: true, slack: true, teams: true, email: true } satisfies Record<ChannelName, true>;
/** Beside what it took over. Then a new run goes on, with a short history. */
const EVENTS_A_RUN = 500;
/** Past that, what comes is collected until a channel takes something: no history grows without an end. */
const MOST_IN_FLIGHT = 200;

const { claimAlert, reopenDelivery } = proxyActivities<Pick<Activities, 'claimAlert' | 'reopenDelivery'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '30s' },
});

/**
 * Sends a budget's alerts: what waits at once, then, after each message, what the cooldown collected, as one. A channel that does
 * not answer keeps no other waiting, and gets its messages in their order. Ends when a cooldown passes with nothing new.
 */
export async function budgetAlert(name: BudgetReference): Promise<void> {
  const { namespace, taskQueue, workflowId } = workflowInfo();
  // Which cluster it is, the worker adds.
  const claimer = `${namespace}/${taskQueue}/${workflowId}`;
  let pokes = 0;
  let state: AlertingState = { phase: 'claiming', cooldownUntil: null, inFlight: [], messages: 0 };
  const enter = (next: Partial<AlertingState>) => {
    state = { ...state, ...next };
    setCurrentDetails(detailsOf(state));
  };
  const deliveries = createDeliveries({ ...name, claimer }, (alertId) => {
    enter({ inFlight: state.inFlight.toSpliced(state.inFlight.indexOf(alertId), 1) });
  });
  const send = (alert: ClaimedAlert | null): boolean => {
    if (alert === null) return false;
    enter({ inFlight: [...state.inFlight, alert.alertId], messages: state.messages + 1 });
    deliveries.send(alert);
    return true;
  };
  setHandler(poke, () => {
    pokes += 1;
  });
  setHandler(sendAgain, async (wish) => send(await reopenDelivery({ ...name, ...wish, claimer })), {
    validator: assertWish,
  });
  setHandler(defineQuery<AlertingState>(QueryName.state), () => state);

  let eventsAtFirst: number | undefined;
  const isLong = () => eventsAtFirst !== undefined && workflowInfo().historyLength > eventsAtFirst + EVENTS_A_RUN;
  for (;;) {
    enter({ phase: 'claiming', cooldownUntil: null });
    if (state.inFlight.length >= MOST_IN_FLIGHT) eventsAtFirst ??= workflowInfo().historyLength;
    await condition(() => isLong() || state.inFlight.length < MOST_IN_FLIGHT);
    if (isLong()) {
      await deliveries.stop();
      await condition(allHandlersFinished);
      await continueAsNew<typeof budgetAlert>(name);
    }
    const seen = pokes;
    const { isTaken, alert, coolsUntil } = await claimAlert({ ...name, claimer, inFlight: state.inFlight });
    if (isTaken) {
      await deliveries.stop();
      await condition(allHandlersFinished);
      return;
    }
    if (send(alert)) continue;
    eventsAtFirst ??= workflowInfo().historyLength;
    if (coolsUntil > Date.now()) {
      enter({ phase: 'cooling', cooldownUntil: new Date(coolsUntil).toISOString() });
      await condition(isLong, coolsUntil - Date.now());
    } else {
      enter({ phase: 'waiting' });
      await condition(() => pokes > seen || isLong() || (state.inFlight.length === 0 && allHandlersFinished()));
      if (pokes === seen && !isLong()) return;
    }
  }
}

function assertWish({ alertId, channel }: Wish): void {
  if (Number.isSafeInteger(alertId) && channel in CHANNELS) return;
  throw ApplicationFailure.nonRetryable('To send again takes an alertId and a channel', FailureType.invalidRequest);
}

function detailsOf({ phase, cooldownUntil, inFlight, messages }: AlertingState): string {
  const sending = inFlight.length === 0 ? 'none of them is under way' : `${String(inFlight.length)} of them still under way`;
  const collecting = cooldownUntil === null ? phase : `collecting until ${cooldownUntil}`;
  return `${String(messages)} messages, ${sending}; ${collecting}.`;
}
