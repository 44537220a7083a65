import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { QueryName } from '../contract/names/workflows';
import type { InvocationState } from '../contract/payloads/invocation';

const LONGEST_QUERY_MS = 5_000;
const [LOOKS, PAUSE_MS] = [10, 50];

/**
 * What a run says of itself; null where it cannot be asked now. Not asked while a workflow task is under way: a query that comes along with
 * the first one has the reserve's marker recorded without what follows it, and should its worker be lost then, the run's admission is
 * answered in replay, where the SDK (1.24) keeps the command and drops the message. The server refuses that at every try, for ever.
 */
export async function currentState(
  client: Client,
  handle: WorkflowHandle,
  described: WorkflowExecutionDescription,
): Promise<InvocationState | null> {
  for (let looks = 1, latest = described; isInTask(latest); looks += 1) {
    if (looks === LOOKS) return null;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    latest = await handle.describe();
  }
  return client.withDeadline(Date.now() + LONGEST_QUERY_MS, () => handle.query<InvocationState>(QueryName.state)).catch(() => null);
}

function isInTask({ raw }: WorkflowExecutionDescription): boolean {
  return raw.pendingWorkflowTask !== undefined && raw.pendingWorkflowTask !== null;
}
