import type { Balance } from '../../src/domain/balance';
import { statusOf } from '../../src/domain/status';
import { accountOf, DAY_END, MONTH_END, usd, type AccountRow } from './support';

const NOON = Date.UTC(2026, 0, 15, 12);
const MARCH = Date.UTC(2026, 2, 1);

function status(row: AccountRow, more: Partial<Balance> = {}, at = NOON) {
  const { budget, balance } = accountOf(row);
  return statusOf({ ...budget, rolloverPercent: 25 }, [{ ...balance, ...more }], at);
}

test('limits count carry-over, of which a day has none', () => {
  const { month, day, carriedInMicroUsd } = status({
    monthly: 100,
    daily: 10,
    carriedIn: 20,
    spent: 30,
    held: 30,
    spentToday: 5,
    executions: 3,
  });
  expect(carriedInMicroUsd).toBe(usd(20));
  expect(month).toMatchObject({ end: MONTH_END, limitMicroUsd: usd(120), availableMicroUsd: usd(60), usage: 0.5, executions: 3 });
  expect(day).toMatchObject({ end: DAY_END, limitMicroUsd: usd(10), availableMicroUsd: usd(5), usage: 0.5 });
});

test('vector 31: an overdrawn budget shows 0 available, and its usage as it is', () => {
  expect(status({ monthly: 100, spent: 200 }).month).toMatchObject({ availableMicroUsd: 0, usage: 2 });
});

test('vector 18: unlimited is null, never a big number', () => {
  const { month, day } = status({ spent: 5 });
  const unlimited = { limitMicroUsd: null, availableMicroUsd: null, usage: null, executionLimit: null };
  expect([month, day]).toEqual([expect.objectContaining(unlimited), expect.objectContaining(unlimited)]);
});

test('limits count the raise that is in force', () => {
  const { budget, balance } = accountOf({ monthly: 100, dailyExecutions: 2 });
  const raise = { monthlyMicroUsd: usd(50), dailyMicroUsd: usd(0), monthlyExecutions: 0, dailyExecutions: 3, until: NOON };
  expect(statusOf({ ...budget, raise }, [balance], NOON - 1)).toMatchObject({
    month: { limitMicroUsd: usd(150) },
    day: { executionLimit: 5 },
  });
  expect(statusOf({ ...budget, raise }, [balance], NOON)).toMatchObject({ month: { limitMicroUsd: usd(100) }, day: { executionLimit: 2 } });
});

test('a month that nobody touched yet: empty, with what the one before left', () => {
  const { month, day, ...rest } = status({ monthly: 100, spent: 90, spentToday: 9 }, {}, MONTH_END);
  expect(month).toMatchObject({ start: MONTH_END, end: MARCH, spentMicroUsd: 0, limitMicroUsd: usd(110) });
  expect(day).toMatchObject({ start: MONTH_END, spentMicroUsd: 0 });
  expect(rest).toMatchObject({ forecastMicroUsd: null, lifetimeMicroUsd: usd(90), lastStatement: null });
});

test('the lifetime is every row, and the last statement the last closed one', () => {
  const { budget, balance } = accountOf({ monthly: 100, spent: 60 });
  const january = { ...balance, closedAt: MONTH_END };
  const february = { ...balance, period: { start: MONTH_END, end: MARCH } };
  expect(statusOf(budget, [january, february], MONTH_END)).toMatchObject({
    lifetimeMicroUsd: usd(120),
    lastStatement: { period: january.period, spentMicroUsd: usd(60) },
  });
});
