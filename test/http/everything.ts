import type { StoredEntry } from '../../src/domain/ledger';
import type { BudgetStore } from '../../src/store/budget-store';

/** All that an organization has, as one text: whoever changes anything of it changes this. */
export async function everythingOf(store: BudgetStore, organizationId: string): Promise<string> {
  const entries = await allEntries(store, organizationId);
  const [budgets, agents, policy, keys, figures] = await Promise.all([
    store.budgets(organizationId),
    store.agents(organizationId),
    store.policy(organizationId),
    store.keys(organizationId, null, 1_000),
    store.auditFigures(organizationId),
  ]);
  const rows = await Promise.all(budgets.map(({ budgetId }) => store.balances(organizationId, budgetId, 0)));
  const held = await Promise.all(
    rows.flat().map(({ budgetId, period }) => store.largestHolds(organizationId, { budgetId, periodStart: period.start }, 1_000)),
  );
  const holdKeys = new Set([...entries, ...held.flat()].map(({ key }) => key));
  const holds = await Promise.all([...holdKeys].sort().map((key) => store.hold(organizationId, key)));
  const alerts = await Promise.all(budgets.map(({ budgetId }) => store.alerts(organizationId, budgetId, 100)));
  const shownKeys = keys.map((key) => ({ ...key, lastUsedAt: null }));
  return JSON.stringify({ budgets, agents, policy, keys: shownKeys, figures, holds, alerts, entries });
}

async function allEntries(store: BudgetStore, organizationId: string): Promise<readonly StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (;;) {
    const page = await store.entries(organizationId, null, all.at(-1)?.entryId ?? 0, 1_000);
    all.push(...page);
    if (page.length < 1_000) return all;
  }
}
