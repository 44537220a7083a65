import { proxyActivities } from '@temporalio/workflow';
import { withBudget } from '../../workflows';

export * from '../../workflows';

const { research } = proxyActivities<{ research(): Promise<number> }>({ startToCloseTimeout: '1m', heartbeatTimeout: '3s' });

/** A user's workflow whose budgets are served by its own workers. */
export function report(organizationId: string) {
  return withBudget({ organizationId, estimatedCostUsd: 1 }, async () => ({ value: 'done', costUsd: await research() }));
}
