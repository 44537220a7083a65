import { denialPayload } from '../../src/contract/payloads/denial';
import { decideOn, denied, type AccountRow } from './support';

const MONTH = '2026-02-01T00:00:00.000Z';
const DAY = '2026-01-16T00:00:00.000Z';
const amounts = (limit: number, spent: number, held: number, requested: number, available: number) => ({
  ...{ limit, spent, held, requested, available },
});

test.each<[string, AccountRow, number, object]>([
  [
    'vector 4: monthly cost, in USD',
    { monthly: 100, spent: 60, held: 35 },
    10,
    { code: 'monthly_cost', ...amounts(100, 60, 35, 10, 5), resetsAt: MONTH },
  ],
  [
    'vector 6: daily cost, in USD',
    { monthly: 1000, spent: 50, daily: 10, spentToday: 8 },
    5,
    { code: 'daily_cost', ...amounts(10, 8, 0, 5, 2), resetsAt: DAY },
  ],
  [
    'vector 7: monthly executions, counts',
    { monthlyExecutions: 100, executions: 100 },
    1,
    { code: 'monthly_executions', ...amounts(100, 100, 0, 1, 0), resetsAt: MONTH },
  ],
  [
    'vector 7: daily executions, counts',
    { dailyExecutions: 3, executionsToday: 3 },
    1,
    { code: 'daily_executions', ...amounts(3, 3, 0, 1, 0), resetsAt: DAY },
  ],
  [
    'vector 31: overdrawn is shown as 0',
    { monthly: 100, spent: 200 },
    0.000001,
    { code: 'monthly_cost', ...amounts(100, 200, 0, 0.000001, 0), resetsAt: MONTH },
  ],
  [
    'vector 57: decimals as they were written',
    { monthly: 0.3, spent: 0.1, held: 0.2 },
    0.1,
    { code: 'monthly_cost', ...amounts(0.3, 0.1, 0.2, 0.1, 0), resetsAt: MONTH },
  ],
])('%s', (_name, row, estimate, shown) => {
  const denial = denied(decideOn([row], estimate));
  const { budgetId, scope, level, reason } = denial;
  const payload = denialPayload(denial);
  expect(payload).toEqual({ budgetId, scope, level, reason, ...shown });
  expect(JSON.parse(JSON.stringify(payload))).toEqual(payload);
});

test('no budget: what was asked for in USD, and no reset', () => {
  const denial = denied(decideOn([], 5, { policy: { noBudget: 'deny' } }));
  expect(denialPayload(denial)).toMatchObject({ code: 'no_budget', budgetId: null, ...amounts(0, 0, 0, 5, 0), resetsAt: null });
});
