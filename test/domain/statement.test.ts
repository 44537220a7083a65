import type { Balance } from '../../src/domain/balance';
import { statementOf, statementsOf } from '../../src/domain/statement';
import { accountOf, MONTH_END, usd, type AccountRow } from './support';

const CLOSED_AT = MONTH_END + 300_000;

function closed(row: AccountRow, more: Partial<Balance> = {}): Balance {
  return { ...accountOf(row).balance, closedAt: CLOSED_AT, ...more };
}

function following(balance: Balance, rolloverPercent: number): Balance {
  return { ...balance, period: { start: MONTH_END, end: Date.UTC(2026, 2, 1) }, rolloverPercent, closedAt: null };
}

test('a statement says what the row says', () => {
  const balance = closed(
    { monthly: 100, spent: 60, held: 10, executions: 7, carriedIn: 20 },
    { raisedMicroUsd: usd(5), peakMicroUsd: usd(90), midwayMicroUsd: usd(40), lateMicroUsd: usd(3) },
  );
  expect(statementOf(balance, following(balance, 25))).toEqual({
    budgetId: 'main',
    period: { start: Date.UTC(2026, 0, 1), end: MONTH_END },
    timeZone: 'UTC',
    closedAt: CLOSED_AT,
    limitMicroUsd: usd(100),
    raisedMicroUsd: usd(5),
    carriedInMicroUsd: usd(20),
    carriedOutMicroUsd: usd(25),
    spentMicroUsd: usd(60),
    heldMicroUsd: usd(10),
    executions: 7,
    peakMicroUsd: usd(90),
    peakUsage: 0.75,
    lateMicroUsd: usd(3),
    forecastMicroUsd: usd(80),
  });
});

test.each<[string, AccountRow, Partial<Balance>, number | null]>([
  ['null where there is no limit', {}, { peakMicroUsd: usd(5) }, null],
  ['1 where there was nothing to use (a zero limit divides by zero)', { monthly: 0 }, {}, 1],
  ['above 1 where it was overdrawn', { monthly: 10 }, { peakMicroUsd: usd(15) }, 1.5],
  ['a share of limit and carry-over', { monthly: 80, carriedIn: 20 }, { peakMicroUsd: usd(50) }, 0.5],
])('the peak usage: %s', (_name, row, more, expected) => {
  expect(statementOf(closed(row, more), undefined)?.peakUsage).toBe(expected);
});

test.each<[string, number | null, number]>([
  ['at the percentage that the next row was opened with', 10, 10],
  ['nothing where that is 0', 0, 0],
  ['nothing where no row follows', null, 0],
])('what it hands on: %s', (_name, percent, expected) => {
  const balance = closed({ monthly: 100 });
  const next = percent === null ? undefined : following(balance, percent);
  expect(statementOf(balance, next)?.carriedOutMicroUsd).toBe(usd(expected));
});

test('a row that nobody closed has no statement', () => {
  const january = closed({ monthly: 100 });
  const february = following(january, 25);
  expect(statementOf(february, undefined)).toBeNull();
  expect(statementsOf([january, february]).map(({ period }) => period)).toEqual([january.period]);
  expect(statementsOf([])).toEqual([]);
});
