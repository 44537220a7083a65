import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { invocationWorkflowId } from '../src/contract/names/workflows';
import type { Invocation } from './plan';

/** What Temporal keeps of a run. */
export interface History {
  readonly isOpen: boolean;
  /** How often the agent's activity was begun; null where that was never written, since the run was terminated meanwhile. */
  readonly tries: number | null;
  /** What activities said that the agent cost, and failures that it was charged: recorded, whatever became of the run. */
  readonly costs: readonly RecordedCost[];
}

export interface RecordedCost {
  readonly amountMicroUsd: number;
  /** answer: the agent's own word, by what we read of it. assumed: an answer without a cost. failure: what was charged for one. */
  readonly of: 'answer' | 'assumed' | 'failure';
}

/** At most so many are asked for at once. */
const AT_ONCE = 16;

export async function readHistories(temporal: Client, calls: readonly Invocation[]): Promise<Map<string, History>> {
  const histories = new Map<string, History>();
  const left = [...calls];
  const read = async () => {
    for (let call = left.pop(); call !== undefined; call = left.pop()) {
      const history = await readHistory(temporal, call);
      if (history !== null) histories.set(call.key, history);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  return histories;
}

async function readHistory({ workflow }: Client, { organizationId, key }: Invocation): Promise<History | null> {
  try {
    const { events } = await workflow.getHandle(invocationWorkflowId(organizationId, key)).fetchHistory();
    return historyOf(events ?? []);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];
type Failure = NonNullable<Event['activityTaskFailedEventAttributes']>['failure'];
type Payloads = NonNullable<Event['activityTaskCompletedEventAttributes']>['result'];

function historyOf(events: readonly Event[]): History {
  const scheduled = events.filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'executeAgent');
  const ids = scheduled.map(({ eventId }) => String(eventId));
  const started = events.flatMap(({ activityTaskStartedEventAttributes: start }) =>
    start && ids.includes(String(start.scheduledEventId)) ? [start] : [],
  );
  const isWritten = started.length === scheduled.length;
  return {
    isOpen: !isEnd(events.at(-1)),
    tries: isWritten ? started.reduce((sum, { attempt }) => sum + (attempt ?? 0), 0) : null,
    costs: [...started.flatMap(({ lastFailure }) => costInFailure(lastFailure)), ...events.flatMap(costsIn)],
  };
}

function isEnd(event: Event | undefined): boolean {
  return [
    event?.workflowExecutionCompletedEventAttributes,
    event?.workflowExecutionFailedEventAttributes,
    event?.workflowExecutionCanceledEventAttributes,
    event?.workflowExecutionTerminatedEventAttributes,
    event?.workflowExecutionTimedOutEventAttributes,
  ].some((attributes) => attributes !== undefined && attributes !== null);
}

function costsIn(event: Event): RecordedCost[] {
  const failure = event.activityTaskFailedEventAttributes?.failure;
  const stopped = event.activityTaskCanceledEventAttributes?.details;
  const result = valueIn(event.activityTaskCompletedEventAttributes?.result) as AgentResult | null;
  const answered =
    result?.status === 'answered' && result.costUsd !== undefined
      ? [{ amountMicroUsd: microUsdOf(result.costUsd), of: result.costSource === 'estimate' ? ('assumed' as const) : ('answer' as const) }]
      : [];
  return [...answered, ...costInFailure(failure), ...costInDetails(stopped)];
}

function costInFailure(failure: Failure): RecordedCost[] {
  return costInDetails(failure?.applicationFailureInfo?.details ?? failure?.canceledFailureInfo?.details);
}

function costInDetails(details: Payloads): RecordedCost[] {
  const chargedUsd = (valueIn(details) as { readonly chargedUsd?: number } | null)?.chargedUsd;
  return chargedUsd === undefined ? [] : [{ amountMicroUsd: microUsdOf(chargedUsd), of: 'failure' }];
}

interface AgentResult {
  readonly status?: string;
  readonly costUsd?: number;
  readonly costSource?: string;
}

function valueIn(payloads: Payloads): unknown {
  const [payload] = payloads?.payloads ?? [];
  return payload === undefined ? null : defaultPayloadConverter.fromPayload(payload);
}

function microUsdOf(usd: number): number {
  return Math.round(usd * 1e6);
}
