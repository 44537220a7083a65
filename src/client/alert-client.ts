import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { summaryOf } from '../contract/names/summary';
import { alertTestWorkflowId, alertWorkflowId, TASK_QUEUE, UpdateName, WorkflowName } from '../contract/names/workflows';
import type { ChannelReport, DeliveryRequest } from '../contract/payloads/alerting';
import type { BudgetReference } from '../contract/payloads/reset';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { InvocationFailed } from './errors';
import { failureOf } from './failure-of';

type AlertTest = (name: BudgetReference) => Promise<readonly ChannelReport[]>;
type BudgetAlert = (name: BudgetReference) => Promise<void>;
type Wish = Pick<DeliveryRequest, 'alertId' | 'channel'>;

export type AlertClient = ReturnType<typeof createAlertClient>;

/** Tries out a budget's alerts, and sends again what did not arrive, over your own Temporal client. */
export function createAlertClient({ workflow }: Pick<Client, 'workflow'>, { taskQueue = TASK_QUEUE }: { taskQueue?: string } = {}) {
  return {
    /**
     * Sends a sample through every channel of the budget, from a worker, and reports what each answered; none: it tells nobody.
     * Throws DomainError `BudgetNotFound`.
     */
    test: ({ organizationId, budgetId }: BudgetReference): Promise<readonly ChannelReport[]> =>
      withDomainErrors(() =>
        workflow.execute<AlertTest>(WorkflowName.alertTest, {
          workflowId: alertTestWorkflowId(organizationId, budgetId, randomUUID()),
          taskQueue,
          args: [{ organizationId, budgetId }],
          staticSummary: summaryOf(`Alert test of ${budgetId} of ${organizationId}`),
        }),
      ),

    /**
     * Sends a message again on a channel that refused it, gave it up or is disabled, without waiting for the answer. False when the
     * budget has none such. Throws DomainError `InvalidRequest`; InvocationFailed `AlertTaken` while another deployment sends them.
     */
    sendAgain: ({ organizationId, budgetId, alertId, channel }: DeliveryRequest): Promise<boolean> => {
      const startWorkflowOperation = new WithStartWorkflowOperation<BudgetAlert>(WorkflowName.budgetAlert, {
        workflowId: alertWorkflowId(organizationId, budgetId, taskQueue),
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue,
        args: [{ organizationId, budgetId }],
        staticSummary: summaryOf(`Alerts of ${budgetId} of ${organizationId}`),
      });
      const wish = { startWorkflowOperation, args: [{ alertId, channel }] as [Wish] };
      return withDomainErrors(() => workflow.executeUpdateWithStart<BudgetAlert, boolean, [Wish]>(UpdateName.sendAgain, wish));
    },
  };
}

async function withDomainErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = failureOf(error);
    if (!(failure instanceof InvocationFailed)) throw failure;
    const code = Object.values(DomainErrorCode).find((known) => known === failure.type);
    throw code === undefined ? failure : new DomainError(code, failure.message);
  }
}
