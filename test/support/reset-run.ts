import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/** Lets a workflow run again from the beginning, or from its last task on, as an operator may. Returns the id of the new run. */
export async function resetRun(
  { workflow, workflowService }: Client,
  workflowId: string,
  from: 'first' | 'last' = 'first',
): Promise<string> {
  const handle = workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events = [] } = await handle.fetchHistory();
  const tasks = events?.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes) ?? [];
  const task = from === 'first' ? tasks[0] : tasks.at(-1);
  const reset = await workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: task?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'test',
  });
  return reset.runId;
}
