import { decideOn, granted, type AccountRow } from './support';

const PLAIN = { isDegraded: false, warningMessage: null, reason: 'Within budget' };
const warns = (percent: number, window = 'monthly') => ({
  isDegraded: false,
  warningMessage: `Budget warning: ${String(percent)}% of ${window} budget used`,
  reason: 'Within budget',
});
const degrades = (percent: number) => ({
  isDegraded: true,
  warningMessage: `Budget at ${String(percent)}% - degraded mode active`,
  reason: 'Budget in degraded mode',
});

test.each<[string, AccountRow[], number, object]>([
  ['vector 1: usage .10', [{ monthly: 1000, spent: 100 }], 50, PLAIN],
  ['vector 9: usage .70', [{ monthly: 100, spent: 70 }], 0, PLAIN],
  ['vector 9: usage .75', [{ monthly: 100, spent: 75 }], 0, warns(75)],
  ['vector 9: usage .80', [{ monthly: 100, spent: 80 }], 0, warns(80)],
  ['vector 10: 100, 85, est 5: .90 with the call warns, and does not degrade', [{ monthly: 100, spent: 85 }], 5, warns(90)],
  ['vector 11: 100, 90, est 1', [{ monthly: 100, spent: 90 }], 1, degrades(90)],
  ['vector 12: usage .89', [{ monthly: 100, spent: 89 }], 0, warns(89)],
  ['vector 12: usage .90', [{ monthly: 100, spent: 90 }], 0, degrades(90)],
  ['vector 13: 100, 74, est 20: the call itself crosses .75', [{ monthly: 100, spent: 74 }], 20, warns(94)],
  ['vector 17: a limit of 0 is used up', [{ monthly: 0 }], 0, degrades(100)],
  ['vector 18: no limit, no warning', [{}], 1_000_000, PLAIN],
  ['vector 25: the limit reached', [{ monthly: 100, spent: 100 }], 0, degrades(100)],
  ['held money counts as used', [{ monthly: 100, spent: 40, held: 52 }], 1, degrades(92)],
  ['what was carried in counts as limit', [{ monthly: 100, carriedIn: 100, spent: 140 }], 0, PLAIN],
  ['a percent is rounded down', [{ monthly: 1000, spent: 789.999999 }], 0, warns(78)],
  ['a limit that is not reached never reads as 100 %', [{ monthly: 1000, spent: 999.999999 }], 0, degrades(99)],
  ['.29 is 29 %', [{ monthly: 100, spent: 29, warningThreshold: 0.29 }], 0, warns(29)],
  ['the day warns, the month does not', [{ monthly: 1000, daily: 10, spentToday: 7 }], 1, warns(80, 'daily')],
  ['the higher of two warnings is shown', [{ monthly: 100, spent: 76, daily: 10, spentToday: 8 }], 0, warns(80, 'daily')],
  ['the month first when both are level', [{ monthly: 100, spent: 80, daily: 10, spentToday: 8 }], 0, warns(80)],
  [
    'degraded hides a higher warning: the graver text is shown',
    [
      { monthly: 100, spent: 91 },
      { budgetId: 'b', monthly: 100, spent: 80 },
    ],
    9,
    degrades(91),
  ],
  [
    'usage is the highest over all budgets',
    [
      { monthly: 100, spent: 10 },
      { budgetId: 'b', daily: 10, spentToday: 9.5 },
    ],
    0.1,
    { usage: 0.95, ...degrades(95) },
  ],
])('%s', (_name, rows, estimate, answer) => {
  expect(granted(decideOn(rows, estimate))).toMatchObject(answer);
});
