import { proxyActivities } from '@temporalio/workflow';
import { withBudget } from 'agent-budget/workflow';

export * from 'agent-budget/workflow';

const { research } = proxyActivities<{ research(topic: string): Promise<{ text: string; costUsd: number }> }>({
  startToCloseTimeout: '5m',
});

export async function report(topic: string) {
  const outcome = await withBudget({ organizationId: 'acme', userId: 'ada', estimatedCostUsd: 0.5 }, async () => {
    const { text, costUsd } = await research(topic);
    return { value: text, costUsd };
  });
  return outcome.status === 'completed' ? outcome.value : outcome;
}
