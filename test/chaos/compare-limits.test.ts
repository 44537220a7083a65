import { UNLIMITED, type Budget } from '../../src/domain/budget';
import type { StoredEntry } from '../../src/domain/ledger';
import { overspentIn } from '../../chaos/compare-limits';
import type { Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';

const LIMIT = 500;

/** What a transaction left, and what its entries say. */
type Told = readonly [spent: number, held: number, ...entries: (readonly [spent: number, held: number])[]];

function judge(told: readonly (Told | { readonly limit: number })[], window: 'month' | 'day'): number {
  const entries: Partial<StoredEntry>[] = [];
  const transactions = new Map<number, string>();
  const steps = told.map((one, index): Step => {
    const place = { transaction: String(index), budgetId: 'b' };
    const limits = { ...UNLIMITED, [window === 'month' ? 'monthlyMicroUsd' : 'dailyMicroUsd']: 'limit' in one ? one.limit : null };
    if ('limit' in one) return { ...place, what: 'limit', limits };
    const [spentMicroUsd, heldMicroUsd, ...written] = one;
    for (const [spent, held] of written) {
      transactions.set(entries.length, place.transaction);
      const amounts = { spentMicroUsd: spent, heldMicroUsd: held } as Pick<StoredEntry, 'spentMicroUsd' | 'heldMicroUsd'>;
      entries.push({ entryId: entries.length, budgetId: 'b', periodStart: 0, dayStart: 7, ...amounts });
    }
    const used = { spentMicroUsd, heldMicroUsd, executions: 0 };
    return { ...place, what: 'balance', carriedInMicroUsd: 0, month: { ...used, start: 0 }, day: { ...used, start: 7 } };
  });
  const budgets = [{ budgetId: 'b', mode: 'hard' } as Budget];
  return overspentIn({ budgets, ledger: { entries }, witnessed: { steps, transactions }, landed: [] } as unknown as Records).length;
}

const GRANTED: Told = [0, LIMIT];

test.each<[string, (Told | { limit: number })[]]>([
  ['a reserve that fits', [GRANTED]],
  ['a charge without a hold, above all', [[900, 0, [900, 0]]]],
  ['more than was held, in the end', [GRANTED, [900, 0, [900, -LIMIT]]]],
  [
    'a try that is charged, and another one that fits',
    [
      [0, 200],
      [200, 200, [200, -200]],
    ],
  ],
  ['a limit that falls below what is held, and a release', [GRANTED, { limit: 1 }, [0, 300, [0, -200]]]],
])('no grant too many: %s', (_what, told) => {
  for (const window of ['month', 'day'] as const) expect(judge([{ limit: LIMIT }, ...told], window)).toBe(0);
});

test.each<[string, (Told | { limit: number })[]]>([
  ['a reserve that does not fit', [[0, LIMIT + 1]]],
  [
    'one that leaves out what was charged without a hold',
    [
      [300, 0, [300, 0]],
      [300, LIMIT],
    ],
  ],
  [
    'one that leaves out what cost more than its hold',
    [
      [0, 100],
      [400, 0, [400, -100]],
      [400, 200],
    ],
  ],
  [
    'a top-up in the transaction that charged the try before',
    [
      [0, LIMIT],
      [LIMIT, LIMIT, [LIMIT, -LIMIT]],
      [2 * LIMIT, LIMIT, [LIMIT, -LIMIT]],
    ],
  ],
  ['one beside a release of as much, after the limit fell', [GRANTED, { limit: 1 }, [0, LIMIT, [0, -LIMIT]]]],
])('a grant too many: %s', (_what, told) => {
  for (const window of ['month', 'day'] as const) expect(judge([{ limit: LIMIT }, ...told], window)).toBeGreaterThan(0);
});
