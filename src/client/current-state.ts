import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { QueryName } from '../contract/names/workflows';
import type { InvocationState } from '../contract/payloads/invocation';

const LONGEST_QUERY_MS = 5_000;
const [LOOKS, PAUSE_MS] = [10, 50];

interface CurrentState {
  readonly described: WorkflowExecutionDescription;
  /** Null where it cannot be asked now. */
  readonly state: InvocationState | null;
}

/**
 * What Temporal says of one run, and what it says of itself. It is not asked while a workflow task is under way: a query that comes along
 * with the first one has the reserve's marker recorded without what follows it, and should its worker be lost then, the run's admission is
 * answered in replay, where the SDK (1.24) keeps the command and drops the message. The server refuses that at every try, for ever.
 */
export async function currentState(
  client: Client,
  run: WorkflowHandle,
  { latest: first, isDecided }: { readonly latest: WorkflowExecutionDescription; readonly isDecided: boolean },
): Promise<CurrentState> {
  let described = first;
  // Once it is decided, its first task is over.
  for (let looks = 1; !isDecided && isInTask(described); looks += 1) {
    if (looks === LOOKS) return { described, state: null };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const latest = await run.describe().catch(() => null);
    if (latest === null) return { described, state: null };
    described = latest;
  }
  const ask = () => run.query<InvocationState>(QueryName.state);
  return { described, state: await client.withDeadline(Date.now() + LONGEST_QUERY_MS, ask).catch(() => null) };
}

// One that was terminated may keep a task that nobody had taken.
function isInTask({ closeTime, raw }: WorkflowExecutionDescription): boolean {
  return closeTime === undefined && raw.pendingWorkflowTask !== undefined && raw.pendingWorkflowTask !== null;
}
