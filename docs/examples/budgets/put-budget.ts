import { agentDefinition, BUDGET_DEFAULTS, createPostgresStore, fromUsd, UNLIMITED, type Budget } from 'agent-budget';

/** A budget and an agent, by the store; `agent-budget budgets put` and the HTTP API do the same. */
export async function setUp(databaseUrl: string) {
  const budget: Budget = {
    ...BUDGET_DEFAULTS, // hard, UTC, from day 1, warns at 75 %, degrades at 90 %, carries nothing over
    budgetId: 'acme-monthly',
    scope: { organizationId: 'acme', teamId: null, userId: null, agentId: null }, // null matches every call
    limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(100), dailyMicroUsd: fromUsd(10) },
    timeZone: 'Europe/Berlin',
  };

  const store = createPostgresStore(databaseUrl);
  await store.putBudget(budget, Date.now());
  await store.putAgent('acme', agentDefinition.parse({ agentId: 'summarizer', platform: 'in_process', functionName: 'summarizer' }));
  return { store, budget };
}
