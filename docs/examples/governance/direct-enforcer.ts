import { BudgetExceededError, ExternalAgentBudgetEnforcer, type ExternalAgentBudget, type ExternalAgentBudgetConfig } from 'agent-budget';

const config: ExternalAgentBudgetConfig = {
  warningThreshold: 0.75,
  degradationThreshold: 0.9,
  enforcementMode: 'hard',
};

/** Decides by the ledger's rules on figures of your own. Throws BudgetExceededError. */
export async function assertAffordable(monthlySpentUsd: number, estimatedCost: number, log: (line: string) => void): Promise<void> {
  const enforcer = new ExternalAgentBudgetEnforcer({ config });
  const budget: ExternalAgentBudget = { externalAgentId: 'agent-001', monthlyBudgetUsd: 1000, monthlySpentUsd };

  const result = await enforcer.checkBudget(budget, { estimatedCost });
  if (!result.allowed) throw new BudgetExceededError(result.reason, result);
  if (result.degradedMode) log(`Operating in degraded mode: ${result.warningMessage ?? ''}`);
  else if (result.warningTriggered) log(result.warningMessage ?? '');
}
