import { UNLIMITED, type Budget } from '../../src/domain/budget';
import { microUsd } from '../../src/domain/money';
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
  return overspent(steps, entries, transactions);
}

const HOLDS = new Map([
  ['unasked', { decision: null }],
  ['failed', { decision: { status: 'granted' } }],
]);

function overspent(steps: readonly Step[], entries: readonly Partial<StoredEntry>[], transactions: ReadonlyMap<number, string>): number {
  const budgets = [{ budgetId: 'b', mode: 'hard' } as Budget];
  const records = { budgets, ledger: { entries, holds: HOLDS }, witnessed: { steps, transactions }, landed: [] };
  return overspentIn(records as unknown as Records).length;
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

describe('executions', () => {
  /** Each transaction: of which day, how many executions there were, and which entries it wrote: of a charge that asked nobody, of a failed try. */
  type Counted = readonly [day: number, month: number, ofDay: number, ...entries: ('unasked' | 'failed')[]];

  function count(window: 'month' | 'day', told: readonly Counted[]): number {
    const entries: Partial<StoredEntry>[] = [];
    const transactions = new Map<number, string>();
    const limits = { ...UNLIMITED, [window === 'month' ? 'monthlyExecutions' : 'dailyExecutions']: 3 };
    const steps = told.map(([day, ofMonth, ofDay, ...written], index): Step => {
      for (const key of written) {
        transactions.set(entries.length, String(index));
        const place = { entryId: entries.length, budgetId: 'b', periodStart: 0, dayStart: day };
        entries.push({ ...place, key, kind: 'charge', spentMicroUsd: microUsd(0), heldMicroUsd: microUsd(0) });
      }
      const usage = (start: number, executions: number) => ({ start, executions, spentMicroUsd: 0, heldMicroUsd: 0 });
      const left = { month: usage(0, ofMonth), day: usage(day, ofDay) };
      return { transaction: String(index), budgetId: 'b', what: 'balance', carriedInMicroUsd: 0, ...left };
    });
    return overspent([{ transaction: 'limit', budgetId: 'b', what: 'limit', limits }, ...steps], entries, transactions);
  }

  const on = (...counted: Counted) => counted;

  test.each<[string, 'month' | 'day', Counted[], number]>([
    ['as many as a month allows', 'month', [on(7, 3, 3)], 0],
    ['one more', 'month', [on(7, 3, 3), on(7, 4, 4)], 1],
    ['one more in the next day', 'month', [on(7, 3, 3), on(8, 4, 1)], 1],
    ['as many as a day allows, in each of two', 'day', [on(7, 3, 3), on(8, 6, 3)], 0],
    ['one more in the second', 'day', [on(7, 3, 3), on(8, 7, 4)], 1],
    ['one more that asked nobody', 'day', [on(7, 3, 3), on(7, 4, 4, 'unasked')], 0],
    ['one more that asked nobody, and a grant beside it', 'day', [on(7, 3, 3), on(7, 5, 5, 'unasked')], 1],
    ['one more beside a try that failed for nothing', 'day', [on(7, 3, 3), on(7, 4, 4, 'failed')], 1],
    ['fewer than before', 'day', [on(7, 3, 3), on(7, 5, 5, 'unasked', 'unasked'), on(7, 4, 4)], 0],
  ])('%s', (_what, window, told, over) => {
    expect(count(window, told)).toBe(over);
  });
});
