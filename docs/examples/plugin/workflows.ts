import { proxyActivities } from '@temporalio/workflow';
import { withBudget } from 'agent-budget/workflow';

export * from 'agent-budget/workflow';

const { research } = proxyActivities<{ research(topic: string): Promise<{ text: string; costUsd: number }> }>({
  startToCloseTimeout: '5m',
});

const request = (organizationId: string) => ({ organizationId, estimatedCostUsd: 0.5 });

/** Served by a worker that has the plug-in. */
export function report(organizationId: string, topic: string) {
  return withBudget(request(organizationId), async () => {
    const { text, costUsd } = await research(topic);
    return { value: text, costUsd };
  });
}

/** The same, where other workers serve the budgets. */
export function reportFromAfar(organizationId: string, topic: string) {
  const work = async () => {
    const { text, costUsd } = await research(topic);
    return { value: text, costUsd };
  };
  return withBudget(request(organizationId), work, { taskQueue: 'budgets' });
}
