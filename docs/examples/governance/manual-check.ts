import type { ExternalAgentService } from 'agent-budget';

/** Looks before a call: nothing is held, and `invoke` decides anew. */
export async function canAfford(service: ExternalAgentService, estimatedCost: number, log: (line: string) => void): Promise<boolean> {
  const [allowed, info] = await service.checkBudget({
    agentId: 'agent-001',
    organizationId: 'org-001',
    estimatedCost,
  });
  if (!allowed) {
    log(`Budget check failed: ${info.reason}`);
    log(`Remaining: ${info.remainingBudgetUsd === null ? 'unlimited' : `$${info.remainingBudgetUsd.toFixed(2)}`}`);
  }
  return allowed;
}
