import { proxyActivities } from '@temporalio/workflow';
import { withBudget } from '../../workflows';

const { research } = proxyActivities<{ research(): Promise<number> }>({ startToCloseTimeout: '1m', heartbeatTimeout: '3s' });

/** The same workflow, later: its budgets are served on a task queue of their own. */
export function report(organizationId: string, taskQueue: string) {
  return withBudget({ organizationId, estimatedCostUsd: 1 }, async () => ({ value: 'done', costUsd: await research() }), { taskQueue });
}
