import fc from 'fast-check';
import type { Balance } from '../../src/domain/balance';
import { carryOver } from '../../src/domain/carry-over';
import { openBalance } from '../../src/domain/ledger/account';
import { microUsd } from '../../src/domain/money';
import { accountOf, usd } from './support';

const MARCH = { start: Date.UTC(2026, 2, 1), end: Date.UTC(2026, 3, 1) };
const ended = (limitMicroUsd: number | null, spentMicroUsd: number, heldMicroUsd = 0) => ({
  limitMicroUsd: limitMicroUsd === null ? null : microUsd(limitMicroUsd),
  month: { spentMicroUsd: microUsd(spentMicroUsd), heldMicroUsd: microUsd(heldMicroUsd) },
  period: MARCH,
});

test.each<[string, number | null, number, number, number, number]>([
  ['vector 79: an idle month hands on 25 % of its limit', 100, 0, 0, 25, 25],
  ['what is unused, where that is less', 100, 90, 0, 25, 10],
  ['exactly the percentage is unused', 100, 75, 0, 25, 25],
  ['what is held counts as spent', 100, 50, 40, 25, 10],
  ['a used-up month hands on nothing', 100, 100, 0, 25, 0],
  ['an overdrawn month hands on nothing, and no debt', 100, 130, 20, 25, 0],
  ['0 percent', 100, 0, 0, 0, 0],
  ['1 percent', 100, 0, 0, 1, 1],
  ['an unlimited month leaves nothing to count', null, 5, 0, 25, 0],
  ['a limit of 0', 0, 0, 0, 25, 0],
  ['rounded down to the micro-USD', 0.000007, 0, 0, 25, 0.000001],
  ['a quarter of 3 micro-USD is none', 0.000003, 0, 0, 25, 0],
])('%s', (_name, limit, spent, held, percent, expected) => {
  expect(carryOver(ended(limit === null ? null : usd(limit), usd(spent), usd(held)), percent)).toBe(usd(expected));
});

test.each<[string, number, number]>([
  ['26 days that a change of zone or anchor day left of a month hand on nothing', 26, 0],
  ['the shortest month does', 28, 25],
])('%s', (_name, days, expected) => {
  const period = { start: MARCH.start, end: MARCH.start + days * 86_400_000 };
  expect(carryOver({ ...ended(usd(100), 0), period }, 25)).toBe(usd(expected));
});

test('exact, and never above the percentage nor below 0, up to 2^53', () => {
  const amount = fc.oneof(
    fc.maxSafeNat(),
    fc.integer({ min: 0, max: 1000 }).map((less) => Number.MAX_SAFE_INTEGER - less),
  );
  fc.assert(
    fc.property(amount, amount, amount, fc.integer({ min: 0, max: 25 }), (limit, spent, held, percent) => {
      const half = Math.floor(held / 2);
      const used = Math.min(spent, Number.MAX_SAFE_INTEGER - half);
      const share = (BigInt(limit) * BigInt(percent)) / 100n;
      const unused = BigInt(limit) - BigInt(used) - BigInt(half);
      const least = unused < 0n ? 0n : unused;
      expect(BigInt(carryOver(ended(limit, used, half), percent))).toBe(share < least ? share : least);
    }),
  );
});

describe('vector 79: rollover 25 %, base 100', () => {
  const budget = { ...accountOf({ monthly: 100 }).budget, rolloverPercent: 25 };
  const month = (index: number) => Date.UTC(2026, index, 1);

  test('idle 12 months: 125 every month, never more (carry-over compounds)', () => {
    const rows: Balance[] = [openBalance(budget, month(0), [])];
    for (let index = 1; index <= 12; index += 1) rows.push(openBalance(budget, month(index), rows));
    expect(rows.map(({ carriedInMicroUsd }) => carriedInMicroUsd)).toEqual([0, ...Array<number>(12).fill(usd(25))]);
  });

  test('a month that nobody touched counts as unused, and no further back', () => {
    const first = openBalance(budget, month(0), []);
    const spent = { ...first, month: { ...first.month, spentMicroUsd: usd(100) } };
    expect(openBalance(budget, month(1), [spent]).carriedInMicroUsd).toBe(0);
    expect(openBalance(budget, month(12), [spent]).carriedInMicroUsd).toBe(usd(25));
  });
});
