import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetStore } from '../src/store/budget-store';
import { organizations, type Organization } from './plan';

const LONGEST_MS = 600_000;

/**
 * Waits until nothing is held and every alert has been told: ten minutes at most, and no longer than `patienceMs` after something last came
 * to rest. What is left then is what the run is about.
 */
export async function settleDown(store: BudgetStore, patienceMs: number): Promise<void> {
  const latest = performance.now() + LONGEST_MS;
  let deadline = performance.now() + patienceMs;
  let left = '';
  while (performance.now() < Math.min(deadline, latest)) {
    const now = await restlessIn(store).catch(() => null);
    if (now?.length === 0) return;
    // A server that is away says nothing.
    const shown = now === null ? left : JSON.stringify(now);
    if (shown !== left) deadline = performance.now() + patienceMs;
    left = shown;
    await pause(500);
  }
}

/** What has not come to rest. */
async function restlessIn(store: BudgetStore): Promise<unknown[]> {
  const left: unknown[] = [...(await store.budgetsToAlert(Date.now(), null, 10))];
  for (const organizationId of organizations) left.push(...(await restlessOf(store, organizationId)));
  return left;
}

async function restlessOf(store: BudgetStore, organizationId: Organization): Promise<unknown[]> {
  const left: unknown[] = [];
  for (const { budgetId } of await store.budgets(organizationId)) {
    const balances = await store.balances(organizationId, budgetId, 0);
    const held = balances.flatMap(({ month, day }) => [month.heldMicroUsd, day.heldMicroUsd]).filter((amount) => amount > 0);
    const alerts = await store.alerts(organizationId, budgetId, 1_000);
    const pending = alerts.flatMap(({ deliveries }) => deliveries.filter(({ state }) => state === 'pending')).length;
    if (held.length + pending > 0) left.push({ organizationId, budgetId, held, pending });
  }
  return left;
}
