import { proxyActivities } from '@temporalio/workflow';
import { withBudget } from 'agent-budget/workflow';
import type { createResearch } from './research';

export * from 'agent-budget/workflow';

const { research } = proxyActivities<{ research(topic: string): Promise<{ text: string; costUsd: number }> }>({
  startToCloseTimeout: '5m',
});

const { researchByAttempts } = proxyActivities<ReturnType<typeof createResearch>>({ startToCloseTimeout: '5m' });

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

/** Once for each order, whoever asks how often. */
export async function invoice(organizationId: string, orderId: string) {
  const request = { organizationId, estimatedCostUsd: 0.5, key: `invoice-${orderId}` };
  const outcome = await withBudget(request, async () => {
    const { text, costUsd } = await research(orderId);
    return { value: text, costUsd };
  });
  if (outcome.status !== 'replayed') return outcome.status;
  return outcome.hold.state === 'held' ? 'another workflow is at it' : `was ${outcome.hold.state} before`;
}

/** Charged for each try of its activity, also where a Reset repeats it alone. */
export async function reportByAttempts(organizationId: string, topic: string) {
  const request = { organizationId, estimatedCostUsd: 0.5, chargedBy: 'attempts' as const };
  return withBudget(request, async ({ key }) => {
    const value = await researchByAttempts({ organizationId, key, ttlMs: 600_000 }, topic);
    return { value, costUsd: null };
  });
}
