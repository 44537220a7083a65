import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetStore } from '../src/store/budget-store';
import { organizations, type Organization } from './plan';

/** Waits until nothing is held and every alert has been told, at most so long: what is left then is what the run is about. */
export async function settleDown(store: BudgetStore, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (await isAtRest(store).catch(() => false)) return;
    await pause(500);
  }
}

async function isAtRest(store: BudgetStore): Promise<boolean> {
  for (const organizationId of organizations) if (!(await isQuiet(store, organizationId))) return false;
  return (await store.budgetsToAlert(Date.now(), null, 10)).length === 0;
}

async function isQuiet(store: BudgetStore, organizationId: Organization): Promise<boolean> {
  const budgets = await store.budgets(organizationId);
  for (const { budgetId } of budgets) {
    const balances = await store.balances(organizationId, budgetId, 0);
    if (balances.some(({ month, day }) => month.heldMicroUsd > 0 || day.heldMicroUsd > 0)) return false;
    const alerts = await store.alerts(organizationId, budgetId, 1_000);
    if (alerts.some(({ deliveries }) => deliveries.some(({ state }) => state === 'pending'))) return false;
  }
  return true;
}
