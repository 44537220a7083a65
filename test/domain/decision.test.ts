import { DEFAULT_POLICY } from '../../src/domain/budget';
import { decide } from '../../src/domain/decision';
import type { MicroUsd } from '../../src/domain/money';
import { accountOf, CALL, decideOn, denied, fold, granted, usd, type AccountRow } from './support';

describe('a call that fits is granted', () => {
  test.each<[string, AccountRow, number, object]>([
    ['vector 1: limit 1000, spent 100, est 50', { monthly: 1000, spent: 100 }, 50, { remainingMicroUsd: usd(900), usage: 0.1 }],
    ['vector 2: 100, 95, est 4', { monthly: 100, spent: 95 }, 4, { remainingMicroUsd: usd(5), isDegraded: true }],
    ['vector 3: 100, 95, est 5, an exact fit', { monthly: 100, spent: 95 }, 5, { isDegraded: true, softDenial: null }],
    ['vector 3: spent and held both count', { monthly: 100, spent: 50, held: 45 }, 5, { usage: 0.95, isDegraded: true }],
    ['vector 8: executions 99 of 100', { monthlyExecutions: 100, executions: 99 }, 1, { remainingExecutions: 0 }],
    ['vector 8: executions 98 of 100, 1 left after the call', { monthlyExecutions: 100, executions: 98 }, 1, { remainingExecutions: 1 }],
    ['vector 17: limit 0, est 0 is free work', { monthly: 0 }, 0, { remainingMicroUsd: usd(0), usage: 1 }],
    ['vector 17: free work passes where the budget is overdrawn', { monthly: 10, spent: 20 }, 0, { remainingMicroUsd: usd(0), usage: 2 }],
    ['vector 18: limits absent', {}, 1_000_000, { remainingMicroUsd: null, remainingExecutions: null, usage: 0 }],
    ['vector 25: spent exactly the limit', { monthly: 50, spent: 50 }, 0, { usage: 1 }],
    ['carried in money counts', { monthly: 100, carriedIn: 25, spent: 100 }, 25, { usage: 0.8, remainingMicroUsd: usd(25) }],
    ['the narrower window is shown', { monthly: 100, daily: 10, spentToday: 5 }, 1, { usage: 0.5, remainingMicroUsd: usd(5) }],
  ])('%s', (_name, row, estimate, answer) => {
    expect(granted(decideOn([row], estimate))).toMatchObject({ isUnbudgeted: false, ...answer });
  });

  test('vector 8: before the call 1 execution is left, so one more call passes and the next does not', () => {
    const { decisions } = fold([{ monthlyExecutions: 100, executions: 99 }], [1, 1]);
    expect(decisions.map(({ status }) => status)).toEqual(['granted', 'denied']);
  });
});

describe('a call that does not fit is denied', () => {
  test.each<[string, AccountRow, number, object]>([
    [
      'vector 4: 100, 95, est 10',
      { monthly: 100, spent: 95 },
      10,
      { code: 'monthly_cost', available: usd(5), reason: 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00' },
    ],
    [
      'vector 6: monthly 1000 spent 50, daily 10 spent 8, est 5',
      { monthly: 1000, spent: 50, daily: 10, spentToday: 8 },
      5,
      { code: 'daily_cost', available: usd(2), reason: 'Daily budget exceeded. Remaining: $2.00, Requested: $5.00' },
    ],
    [
      'vector 7: executions 100 of 100',
      { monthlyExecutions: 100, executions: 100 },
      1,
      { code: 'monthly_executions', limit: 100, spent: 100, reason: 'Monthly execution limit exceeded. Limit: 100' },
    ],
    ['vector 7: free work counts as an execution', { dailyExecutions: 3, executionsToday: 3 }, 0, { code: 'daily_executions', limit: 3 }],
    ['vector 16: limit 0, est .01', { monthly: 0 }, 0.01, { code: 'monthly_cost', limit: 0, available: 0 }],
    ['vector 16: daily limit 0, est .000001', { daily: 0 }, 0.000001, { code: 'daily_cost' }],
    ['vector 19: execution limit 0', { monthlyExecutions: 0 }, 0, { code: 'monthly_executions', limit: 0 }],
    [
      'vector 31: an overdrawn budget shows 0',
      { monthly: 100, spent: 200 },
      1,
      { available: 0, reason: 'Monthly budget exceeded. Remaining: $0.00, Requested: $1.00' },
    ],
    ['one micro-dollar too many', { monthly: 100, spent: 95 }, 5.000001, { code: 'monthly_cost' }],
    ['a day carries nothing in', { monthly: 100, daily: 10, carriedIn: 25 }, 11, { code: 'daily_cost', limit: usd(10) }],
    ['the limit shown contains what was carried in', { monthly: 100, carriedIn: 25 }, 126, { limit: usd(125), available: usd(125) }],
  ])('%s', (_name, row, estimate, denial) => {
    expect(denied(decideOn([row], estimate))).toMatchObject(denial);
  });
});

describe('calls one after the other', () => {
  test.each<[string, number, number, number, number]>([
    ['vector 14: ten calls of 5 on 50, then an 11th', 50, 5, 11, 10],
    ['vector 21: 1.00, calls of 0.05', 1, 0.05, 25, 20],
    ['vector 22: 0.30, calls of 0.10', 0.3, 0.1, 5, 3],
    ['vector 23: two of 60 on 100', 100, 60, 2, 1],
    ['vector 24: 200 of 1 on 50', 50, 1, 200, 50],
  ])('%s', (_name, monthly, amount, calls, passing) => {
    const { decisions } = fold(
      [{ monthly }],
      Array.from({ length: calls }, () => amount),
    );
    const firstDenied = decisions.findIndex(({ status }) => status === 'denied');
    expect([decisions.filter(({ status }) => status === 'granted').length, firstDenied]).toEqual([passing, passing]);
  });

  test('vector 14: the 11th is denied at usage 1.0', () => {
    const { decisions, accounts } = fold(
      [{ monthly: 50 }],
      Array.from({ length: 11 }, () => 5),
    );
    expect(decisions.slice(10)).toMatchObject([{ status: 'denied', denial: { held: usd(50), limit: usd(50), available: 0 } }]);
    expect(granted(decide(accounts, { call: CALL, estimateMicroUsd: usd(0), executions: 0 }, DEFAULT_POLICY)).usage).toBe(1);
  });

  test('vector 15: org 10000 and team 5000: both must pass; each counted on its own', () => {
    const rows = [
      { budgetId: 'org', monthly: 10000, spent: 4000 },
      { budgetId: 'team', monthly: 5000, scope: { teamId: 'red' } },
    ];
    const { decisions, accounts } = fold(rows, [5000, 1]);
    expect(decisions).toMatchObject([{ status: 'granted' }, { denial: { budgetId: 'team', level: 'team', available: 0 } }]);
    expect(accounts.map(({ balance }) => balance.month.heldMicroUsd)).toEqual([usd(5000), usd(5000)]);
    expect(denied(decideOn([{ budgetId: 'org', monthly: 10000, spent: 9999 }, rows[1] ?? {}], 2))).toMatchObject({ budgetId: 'org' });
  });
});

test.each([NaN, Infinity, -Infinity, -5, -0.000001])('vector 20: est %p is bad input, never allowed', (estimate) => {
  for (const row of [{}, { monthly: 100 }, { monthly: 1, mode: 'soft' } as const]) {
    expect(() => decideOn([row], estimate)).toThrow(expect.objectContaining({ code: 'InvalidAmount' }) as Error);
    const request = { call: CALL, estimateMicroUsd: estimate as MicroUsd, executions: 1 } as const;
    expect(() => decide([accountOf(row)], request, DEFAULT_POLICY)).toThrow(expect.objectContaining({ code: 'InvalidAmount' }) as Error);
    expect(() => decide([], request, DEFAULT_POLICY)).toThrow(expect.objectContaining({ code: 'InvalidAmount' }) as Error);
  }
});
