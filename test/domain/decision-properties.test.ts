import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../src/domain/budget';
import { decide, type Account } from '../../src/domain/decision';
import { toUsd, type MicroUsd } from '../../src/domain/money';
import { accountOf, CALL, type AccountRow } from './support';

const micro = fc.integer({ min: 0, max: 40 }).map((amount) => toUsd(amount as MicroUsd));
const count = fc.integer({ min: 0, max: 4 });
const scope = fc.constantFrom({}, { teamId: 'red' }, { userId: 'ann' }, { agentId: 'writer' });

// Small amounts, so that exact fits are common.
const accountRow = (mode: fc.Arbitrary<'hard' | 'soft'>): fc.Arbitrary<AccountRow> =>
  fc.record(
    {
      ...{ monthly: micro, daily: micro, monthlyExecutions: count, dailyExecutions: count },
      ...{ spent: micro, held: micro, spentToday: micro, heldToday: micro, carriedIn: micro },
      ...{ executions: count, executionsToday: count, scope, mode },
    },
    { requiredKeys: ['mode'] },
  );

const accountsOf = (mode: fc.Arbitrary<'hard' | 'soft'>) =>
  fc
    .array(accountRow(mode), { minLength: 1, maxLength: 4 })
    .map((rows) => rows.map((row, index) => accountOf({ ...row, budgetId: `budget-${String(index)}` })));

const request = fc.record({
  call: fc.constant(CALL),
  estimateMicroUsd: fc.integer({ min: 0, max: 60 }).map((amount) => amount as MicroUsd),
  executions: fc.constantFrom(0, 1),
});

const hard = fc.constant<'hard'>('hard');
const soft = fc.constant<'soft'>('soft');

/** The rule in other words: every limit that is set leaves room for the call. */
function fits({ budget: { limits }, balance: { month, day, carriedInMicroUsd } }: Account, estimate: number, executions: number): boolean {
  const rooms = [
    [limits.monthlyMicroUsd, carriedInMicroUsd - month.spentMicroUsd - month.heldMicroUsd],
    [limits.dailyMicroUsd, -day.spentMicroUsd - day.heldMicroUsd],
  ] as const;
  const counts = [
    [limits.monthlyExecutions, month.executions],
    [limits.dailyExecutions, day.executions],
  ] as const;
  const moneyFits = rooms.every(([limit, more]) => limit === null || estimate === 0 || estimate <= limit + more);
  return moneyFits && counts.every(([limit, used]) => limit === null || executions === 0 || used + 1 <= limit);
}

test('hard mode grants exactly the calls that fit every limit', () => {
  fc.assert(
    fc.property(accountsOf(hard), request, (accounts, asked) => {
      const decision = decide(accounts, asked, DEFAULT_POLICY);
      const fit = accounts.every((account) => fits(account, asked.estimateMicroUsd, asked.executions));
      expect(decision.status).toBe(fit ? 'granted' : 'denied');
    }),
    { numRuns: 2000 },
  );
});

test('soft mode grants every call, and degrades exactly as hard mode denies or usage has reached .90', () => {
  fc.assert(
    fc.property(accountsOf(soft), request, (accounts, asked) => {
      const decision = decide(accounts, asked, DEFAULT_POLICY);
      const hardened = accounts.map(({ budget, balance }) => ({ budget: { ...budget, mode: 'hard' as const }, balance }));
      const denial = decide(hardened, asked, DEFAULT_POLICY);
      expect(decision).toMatchObject({ status: 'granted', softDenial: denial.status === 'denied' ? denial.denial : null });
      if (decision.status === 'granted') {
        expect(decision.isDegraded).toBe(decision.softDenial !== null || decision.usage >= 0.9);
        expect(decision.warningMessage?.startsWith('Budget at ') ?? false).toBe(decision.isDegraded);
      }
    }),
    { numRuns: 1000 },
  );
});

test('the order in which budgets were loaded changes nothing', () => {
  const shuffled = accountsOf(fc.constantFrom('hard', 'soft')).chain((accounts) =>
    fc.tuple(fc.constant(accounts), fc.shuffledSubarray(accounts, { minLength: accounts.length })),
  );
  fc.assert(
    fc.property(shuffled, request, ([accounts, others], asked) => {
      expect(decide(others, asked, DEFAULT_POLICY)).toEqual(decide(accounts, asked, DEFAULT_POLICY));
    }),
  );
});

test('what is shown is never below 0, and never more than any limit leaves', () => {
  fc.assert(
    fc.property(accountsOf(fc.constantFrom('hard', 'soft')), request, (accounts, asked) => {
      const decision = decide(accounts, asked, DEFAULT_POLICY);
      const shown = decision.status === 'denied' ? [decision.denial.available] : [decision.remainingMicroUsd, decision.remainingExecutions];
      for (const amount of shown) expect(amount ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
