import { UNLIMITED, type TemporaryRaise } from '../../src/domain/budget';
import { microUsd } from '../../src/domain/money';
import { inForce, raiseAt, raisedAt } from '../../src/domain/raise';
import { accountOf, usd } from './support';

const UNTIL = Date.UTC(2026, 0, 20);
const RAISE: TemporaryRaise = {
  monthlyMicroUsd: usd(50),
  dailyMicroUsd: usd(5),
  monthlyExecutions: 10,
  dailyExecutions: 1,
  until: UNTIL,
};
const { budget } = accountOf({ monthly: 100, daily: 10, monthlyExecutions: 20, dailyExecutions: 2 });
const raised = { ...budget, raise: RAISE };

test.each<[string, TemporaryRaise | null, number, boolean]>([
  ['none', null, UNTIL, false],
  ['before its end', RAISE, UNTIL - 1, true],
  ['at its end: over', RAISE, UNTIL, false],
  ['without an end yet', { ...RAISE, until: null }, UNTIL, true],
])('a raise is in force: %s', (_name, raise, at, isInForce) => {
  expect(raiseAt({ raise }, at)).toBe(isInForce ? raise : null);
  expect(raisedAt({ ...budget, raise }, at)).toBe(isInForce ? usd(50) : 0);
  expect(raisedAt({ limits: UNLIMITED, raise }, at)).toBe(0);
});

test('it adds to every limit, and leaves all else as it is', () => {
  const limits = { monthlyMicroUsd: usd(150), dailyMicroUsd: usd(15), monthlyExecutions: 30, dailyExecutions: 3 };
  expect(inForce(raised, UNTIL - 1)).toEqual({ ...raised, limits });
});

test('once it is over, the budget is what it was', () => {
  expect(inForce(raised, UNTIL).limits).toEqual(budget.limits);
});

test('unlimited stays unlimited, and 0 becomes the raise (a cap of 0 means unlimited)', () => {
  const limits = { monthlyMicroUsd: null, dailyMicroUsd: usd(0), monthlyExecutions: null, dailyExecutions: 0 };
  expect(inForce({ ...raised, limits }, UNTIL - 1).limits).toEqual({ ...limits, dailyMicroUsd: usd(5), dailyExecutions: 1 });
});

test('a sum past 2^53 is refused, never rounded', () => {
  const limits = { ...budget.limits, monthlyMicroUsd: microUsd(Number.MAX_SAFE_INTEGER) };
  expect(() => inForce({ ...raised, limits }, UNTIL - 1)).toThrow(expect.objectContaining({ code: 'InvalidAmount' }) as Error);
});
