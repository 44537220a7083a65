import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { MAINTENANCE_WORKFLOW_ID, WorkflowName } from '../contract/names/workflows';

/** Starts the maintenance of a task queue, whose workers must have the workflow; or leaves it running. */
export async function startMaintenance(client: Pick<Client, 'workflow'>, taskQueue: string): Promise<void> {
  try {
    await client.workflow.start(WorkflowName.maintenance, {
      workflowId: `${MAINTENANCE_WORKFLOW_ID}/${taskQueue}`,
      taskQueue,
      staticSummary: 'Ends overdue holds, schedules resets',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
