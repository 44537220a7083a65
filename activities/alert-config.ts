import type { BudgetReference } from '../src/contract/payloads/reset';
import { alertConfigOf, type BudgetAlertConfig } from '../src/domain/alert-config';
import type { BudgetStore } from '../src/store/budget-store';

/** How a budget alerts now; null where it was removed: nobody is left to be told. */
export async function loadAlertConfig(
  store: Pick<BudgetStore, 'budget' | 'policy'>,
  { organizationId, budgetId }: BudgetReference,
): Promise<BudgetAlertConfig | null> {
  const [budget, policy] = await Promise.all([store.budget(organizationId, budgetId), store.policy(organizationId)]);
  return budget === undefined ? null : alertConfigOf(policy, budget);
}
