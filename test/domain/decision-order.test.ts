import { CALL, DAY_END, decideOn, denied, granted, MONTH_END, usd, type AccountRow } from './support';

const everyLimitReached = { monthly: 0, daily: 0, monthlyExecutions: 0, dailyExecutions: 0 };
const TEAM = { teamId: 'red' };
const USER = { userId: 'ann' };
const AGENT = { agentId: 'writer' };

describe('of several failures the first in order answers', () => {
  test.each<[string, AccountRow[], object]>([
    ['monthly cost before all', [everyLimitReached], { code: 'monthly_cost' }],
    ['daily cost before executions', [{ ...everyLimitReached, monthly: 9 }], { code: 'daily_cost' }],
    ['monthly before daily executions', [{ ...everyLimitReached, monthly: 9, daily: 9 }], { code: 'monthly_executions' }],
    ['daily executions last', [{ dailyExecutions: 0 }], { code: 'daily_executions' }],
    [
      'the check before the scope',
      [
        { budgetId: 'org', daily: 0 },
        { budgetId: 'agent', scope: AGENT, monthly: 0 },
      ],
      { budgetId: 'agent', code: 'monthly_cost' },
    ],
    [
      'organization before team',
      [
        { budgetId: 'team', scope: TEAM, monthly: 0 },
        { budgetId: 'org', monthly: 0 },
      ],
      { budgetId: 'org' },
    ],
    [
      'team before user',
      [
        { budgetId: 'a', scope: USER, monthly: 0 },
        { budgetId: 'b', scope: TEAM, monthly: 0 },
      ],
      { level: 'team' },
    ],
    [
      'user before agent',
      [
        { budgetId: 'a', scope: AGENT, monthly: 0 },
        { budgetId: 'b', scope: USER, monthly: 0 },
      ],
      { level: 'user' },
    ],
    [
      'a budget on several fields has the level of the narrowest',
      [
        { budgetId: 'a', scope: { ...TEAM, ...AGENT }, monthly: 0 },
        { budgetId: 'b', scope: USER, monthly: 0 },
      ],
      { level: 'user' },
    ],
    [
      'hard before soft',
      [
        { budgetId: 'a', monthly: 0, mode: 'soft' },
        { budgetId: 'b', monthly: 0 },
      ],
      { budgetId: 'b' },
    ],
    [
      'a soft failure never hides a hard one of a later check',
      [
        { budgetId: 'a', monthly: 0, mode: 'soft' },
        { budgetId: 'b', dailyExecutions: 0 },
      ],
      { budgetId: 'b', code: 'daily_executions' },
    ],
    [
      'ties by budget id',
      [
        { budgetId: 'b', monthly: 0 },
        { budgetId: 'a', monthly: 0 },
      ],
      { budgetId: 'a' },
    ],
  ])('%s', (_name, rows, denial) => {
    expect(denied(decideOn(rows, 1))).toMatchObject(denial);
    expect(denied(decideOn([...rows].reverse(), 1))).toMatchObject(denial);
  });
});

test('a denial is complete', () => {
  const row = { monthly: 100, carriedIn: 10, spent: 60, held: 45, scope: TEAM };
  expect(denied(decideOn([row], 10))).toEqual({
    code: 'monthly_cost',
    budgetId: 'main',
    scope: { organizationId: 'acme', teamId: 'red', userId: null, agentId: null },
    level: 'team',
    limit: usd(110),
    spent: usd(60),
    held: usd(45),
    requested: usd(10),
    available: usd(5),
    resetsAt: MONTH_END,
    reason: 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00',
  });
});

test.each<[string, AccountRow, number]>([
  ['monthly cost', { monthly: 0 }, MONTH_END],
  ['daily cost', { daily: 0 }, DAY_END],
  ['monthly executions', { monthlyExecutions: 0 }, MONTH_END],
  ['daily executions', { dailyExecutions: 0 }, DAY_END],
])('%s reset when their window ends', (_name, row, resetsAt) => {
  expect(denied(decideOn([row], 1)).resetsAt).toBe(resetsAt);
});

describe('soft mode allows, degraded, with the reason that a denial would have had', () => {
  test.each<[string, AccountRow, number, string, string, string]>([
    [
      'vector 5: #4 in soft mode',
      { monthly: 100, spent: 95 },
      10,
      'monthly_cost',
      'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00',
      'Budget at 95% - degraded mode active',
    ],
    [
      'vector 5: degraded below .90 too, and degraded always warns',
      { monthly: 100, spent: 50 },
      60,
      'monthly_cost',
      'Monthly budget exceeded. Remaining: $50.00, Requested: $60.00',
      'Budget at 50% - degraded mode active',
    ],
    [
      'vector 5: executions, where no cost is limited',
      { dailyExecutions: 3, executionsToday: 3 },
      1,
      'daily_executions',
      'Daily execution limit exceeded. Limit: 3',
      'Budget at 100% - degraded mode active',
    ],
  ])('%s', (_name, row, estimate, code, reason, warningMessage) => {
    const answer = granted(decideOn([{ ...row, mode: 'soft' }], estimate));
    expect(answer).toMatchObject({ isDegraded: true, reason, warningMessage, softDenial: { code, reason } });
    expect(answer.softDenial).toEqual(denied(decideOn([row], estimate)));
  });

  test('a hard budget beside a soft one still denies', () => {
    const soft = { budgetId: 'soft', monthly: 1, mode: 'soft' } as const;
    expect(denied(decideOn([soft, { budgetId: 'hard', monthly: 2, scope: TEAM }], 3))).toMatchObject({ budgetId: 'hard' });
    expect(granted(decideOn([soft, { budgetId: 'hard', monthly: 3, scope: TEAM }], 3))).toMatchObject({ softDenial: { budgetId: 'soft' } });
  });
});

describe('a top-up is no new execution', () => {
  test.each<[string, AccountRow, number, string]>([
    ['executions used up', { monthly: 10, monthlyExecutions: 1, executions: 1 }, 1, 'granted'],
    ['executions at 0', { dailyExecutions: 0 }, 1, 'granted'],
    ['money used up', { monthly: 10, spent: 10 }, 1, 'denied'],
  ])('%s', (_name, row, estimate, status) => {
    expect(decideOn([row], estimate, { executions: 0 }).status).toBe(status);
  });

  test('it takes none of the executions that are left', () => {
    expect(granted(decideOn([{ monthlyExecutions: 5, executions: 2 }], 1, { executions: 0 })).remainingExecutions).toBe(3);
  });
});

describe('no budget applies', () => {
  test('allowed and unbudgeted', () => {
    expect(decideOn([], 5)).toEqual({
      status: 'granted',
      reason: 'No budget applies',
      isDegraded: false,
      isUnbudgeted: true,
      warningMessage: null,
      usage: 0,
      remainingMicroUsd: null,
      remainingExecutions: null,
      softDenial: null,
    });
  });

  test('denied where the organization says so', () => {
    const denial = { code: 'no_budget', budgetId: null, scope: CALL, requested: usd(5), resetsAt: null, reason: 'No budget applies' };
    expect(denied(decideOn([], 5, { policy: { noBudget: 'deny' } }))).toMatchObject(denial);
  });
});
