import type { BudgetReference } from '../src/contract/payloads/reset';
import { alertConfigOf, type BudgetAlertConfig } from '../src/domain/alert-config';
import type { BudgetStore } from '../src/store/budget-store';

/** How a budget alerts now. */
export async function loadAlertConfig(
  store: Pick<BudgetStore, 'budget' | 'policy'>,
  { organizationId, budgetId }: BudgetReference,
): Promise<BudgetAlertConfig> {
  const [budget, policy] = await Promise.all([store.budget(organizationId, budgetId), store.policy(organizationId)]);
  return alertConfigOf(policy, budget ?? { alerts: {} });
}
