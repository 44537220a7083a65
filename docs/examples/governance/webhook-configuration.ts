import { BUDGET_DEFAULTS, fromUsd, UNLIMITED, type Budget, type BudgetAlertConfig, type GovernanceService } from 'agent-budget';

/** Whom the budget tells. An address that is a secret may be a reference, which workers resolve: `env:BUDGET_WEBHOOK_URL`. */
export function alertConfig(webhookUrl: string): BudgetAlertConfig {
  return {
    webhookUrl,
    webhookSecret: null,
    emailRecipients: [],
    thresholds: [0.5, 0.75, 0.9, 1],
    alertOncePerThreshold: true,
    cooldownMinutes: 15,
  };
}

/** A thousand dollars a month for one agent, with alerts. */
export async function putBudgetWithAlerts(service: GovernanceService, webhookUrl: string): Promise<void> {
  const budget: Budget = {
    ...BUDGET_DEFAULTS,
    budgetId: 'agent-001-monthly',
    scope: { organizationId: 'org-001', teamId: null, userId: null, agentId: 'agent-001' },
    limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(1000) },
    alerts: alertConfig(webhookUrl),
  };
  await service.store.putBudget(budget, Date.now());
}
