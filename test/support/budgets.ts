import { randomUUID } from 'node:crypto';
import { agentDefinition, type AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget, type Limits } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import type { BudgetStore } from '../../src/store/budget-store';

/** A new organization with one budget of so many USD a month and, where named, one agent. */
export async function organizationWith(
  store: BudgetStore,
  monthlyUsd: number,
  agent?: AgentDefinitionInput,
  limits: Partial<Limits> = {},
): Promise<string> {
  const organizationId = `org-${randomUUID()}`;
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(monthlyUsd), ...limits }), Date.now());
  if (agent !== undefined) await store.putAgent(organizationId, agentDefinition.parse(agent));
  return organizationId;
}

export function budgetOf(organizationId: string, limits: Partial<Limits>): Budget {
  const scope = { organizationId, teamId: null, userId: null, agentId: null };
  return { ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits: { ...UNLIMITED, ...limits } };
}

/** What an organization's budget says now, in USD. */
export async function spending(
  store: BudgetStore,
  organizationId: string,
): Promise<{ spentUsd: number; heldUsd: number; executions: number }> {
  const [balance] = await store.balances(organizationId, 'monthly', Date.now());
  const { spentMicroUsd = 0, heldMicroUsd = 0, executions = 0 } = balance?.month ?? {};
  return { spentUsd: spentMicroUsd / 1e6, heldUsd: heldMicroUsd / 1e6, executions };
}
