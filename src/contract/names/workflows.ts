/** The names that histories and other processes know. Renaming one breaks runs in flight. */
export const WorkflowName = {
  agentInvocation: 'agentInvocation',
  maintenance: 'maintenance',
  monthlyReset: 'monthlyReset',
  closeEndedPeriods: 'closeEndedPeriods',
  budgetAlert: 'budgetAlert',
  alertTest: 'alertTest',
} as const;

export const UpdateName = { admission: 'admission', sendAgain: 'sendAgain' } as const;
export const QueryName = { state: 'state', progress: 'progress' } as const;
export const SignalName = { resetProgress: 'resetProgress', poke: 'poke' } as const;

export const TASK_QUEUE = 'agent-budget';
export const MAINTENANCE_WORKFLOW_ID = 'agent-budget-maintenance';

/** The Schedule that closes a zone's months; its runs' workflow ids begin the same way. No zone's name has an `@`. */
export function resetScheduleId(taskQueue: string, timeZone: string): string {
  return `monthly-reset/${timeZone}@${taskQueue}`;
}

/** The id of the workflow that sends a budget's alerts, one after the other. A queue of one's own makes it another workflow. */
export function alertWorkflowId(organizationId: string, budgetId: string, taskQueue: string = TASK_QUEUE): string {
  const id = `budget-alert/${organizationId}/${budgetId}`;
  return taskQueue === TASK_QUEUE ? id : `${id}/${taskQueue}`;
}

export function alertTestWorkflowId(organizationId: string, budgetId: string, id: string): string {
  return `alert-test/${organizationId}/${budgetId}/${id}`;
}

/** The memo fields of a run: what it was asked, in short, whom it was made for, which call of a client started it, and how it ended. */
export const MemoField = {
  fingerprint: 'agentBudgetFingerprint',
  call: 'agentBudgetCall',
  startedFor: 'agentBudgetStartedFor',
  receipt: 'agentBudgetReceipt',
} as const;

/** The id of an invocation's workflow: the organization, then the caller's idempotency key or a random one. */
export function invocationWorkflowId(organizationId: string, key: string): string {
  return `agent-invocation/${organizationId}/${key}`;
}
