import { settleDown } from '../../chaos/settle-down';
import type { BudgetStore } from '../../src/store/budget-store';

/** A ledger with so much held, as it is looked at one time after the other; null: it cannot be looked at. */
function storeWith(held: (look: number) => number | null) {
  let look = 0;
  const store = {
    budgetsToAlert: () => {
      look += 1;
      return held(look) === null ? Promise.reject(new Error('away')) : Promise.resolve([]);
    },
    budgets: () => Promise.resolve([{ budgetId: 'b' }]),
    balances: () => Promise.resolve([{ month: { heldMicroUsd: held(look) }, day: { heldMicroUsd: 0 } }]),
    alerts: () => Promise.resolve([]),
  } as unknown as BudgetStore;
  return { store, looks: () => look };
}

test.each<[string, (look: number) => number | null, number]>([
  ['what is at rest is not waited for', () => 0, 1],
  ['what comes to rest is waited for, longer than the patience', (look) => Math.max(0, 4 - look), 4],
  ['what stays is given up', () => 1, 3],
  ['what stays is given up, though its server comes and goes', (look) => (look % 2 === 0 ? null : 1), 3],
])('%s', async (_what, held, looks) => {
  const ledger = storeWith(held);
  await settleDown(ledger.store, 1_200);
  expect(Math.abs(ledger.looks() - looks)).toBeLessThanOrEqual(looks === 3 ? 1 : 0);
});
