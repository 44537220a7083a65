import { assertId } from '../../domain/scope';
import type { BudgetStore } from '../budget-store';
import { loadAgent, loadAgents, putAgent } from './agents';
import { applyBatchIn } from './apply-batch';
import { loadAuditFigures } from './audit-figures';
import { createPool, rowsOf } from './connection';
import { loadBalances } from './load-balances';
import { loadBudgets } from './load-budgets';
import { loadHolds } from './load-holds';
import { loadSweepableOrganizations } from './load-sweepable-organizations';
import { putBudget } from './put-budget';
import { putPolicy } from './put-policy';

/** The ledger in PostgreSQL: any number of workers share it. The schema must be there (see migrate). */
export function createPostgresStore(databaseUrl: string, options?: { maxConnections?: number }): BudgetStore {
  const pool = createPool(databaseUrl, options);
  return {
    applyBatch: async (organizationId, operations) => {
      assertId('organizationId', organizationId);
      return applyBatchIn(pool, organizationId, operations);
    },
    putBudget: (budget) => putBudget(pool, budget),
    putPolicy: (organizationId, policy) => putPolicy(pool, organizationId, policy),
    putAgent: (organizationId, agent) => putAgent(pool, organizationId, agent),
    organizations: async () => {
      const sql = `select organization_id from organizations union select organization_id from budgets
                   union select organization_id from agents order by 1`;
      return (await rowsOf<{ organization_id: string }>(pool, sql)).map((row) => row.organization_id);
    },
    budgets: (organizationId) => loadBudgets(pool, organizationId),
    balances: async (organizationId, budgetId, since) =>
      (await loadBalances(pool, organizationId, new Map([[budgetId, since]]))).get(budgetId) ?? [],
    agent: (organizationId, agentId) => loadAgent(pool, organizationId, agentId),
    agents: (organizationId) => loadAgents(pool, organizationId),
    hold: async (organizationId, key) => (await loadHolds(pool, organizationId, [key]))[0],
    sweepableOrganizations: (at) => loadSweepableOrganizations(pool, at),
    auditFigures: (organizationId) => loadAuditFigures(pool, organizationId),
    close: () => pool.end(),
  };
}
