import fc from 'fast-check';
import { UNLIMITED } from '../../src/domain/budget';
import type { Operation } from '../../src/domain/ledger';
import { microUsd } from '../../src/domain/money';
import type { BudgetStore } from '../../src/store/budget-store';
import { budgetOf, DAY, Ledger, MINUTE, NOON, onEveryStore, TTL } from './support';

type Told = (ledger: Ledger, at: number) => Operation;
interface Step {
  readonly afterMs: number;
  /** How late a message arrives that the step sends: its own instant lies this far back. */
  readonly lateMs: number;
  readonly told: Told;
  readonly isClosedBefore: boolean;
}

const END = NOON + 40 * 31 * DAY;
const key = fc.constantFrom('a', 'b', 'c', 'd');
const amount = fc.integer({ min: 0, max: 40 }).map(microUsd);
const raise = fc.record({
  monthlyMicroUsd: amount,
  dailyMicroUsd: fc.constant(microUsd(0)),
  monthlyExecutions: fc.constant(0),
  dailyExecutions: fc.constant(0),
  until: fc.option(fc.integer({ min: 1, max: 100 }).map((days) => NOON + days * DAY)),
});
const budget = fc.record({
  timeZone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Santiago'),
  anchorDay: fc.constantFrom(1, 15, 31),
  rolloverPercent: fc.constantFrom(0, 10, 25),
  raise: fc.option(raise),
});
const limit = fc.option(fc.integer({ min: 0, max: 120 }).map(microUsd));

const work: fc.Arbitrary<Told> = fc.oneof(
  fc.tuple(key, fc.constantFrom(TTL, 60 * DAY)).map(
    ([name, ttlMs]): Told =>
      (ledger, at) =>
        ledger.reserveOf(name, 20 / 1e6, { at, ttlMs }),
  ),
  fc.tuple(key, amount).map(([name, costMicroUsd]): Told => (_ledger, at) => ({
    kind: 'commit',
    key: name,
    at,
    outcome: { status: 'succeeded', costMicroUsd },
  })),
  fc.tuple(fc.uuid(), amount).map(([name, amountMicroUsd]): Told => (ledger, at) => ({
    kind: 'charge',
    key: name,
    at,
    call: ledger.call(),
    amountMicroUsd,
    fingerprint: name,
  })),
);
const change: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(limit, budget).map(([monthlyMicroUsd, more]): Told => (ledger, at) => ({
      kind: 'putBudget',
      budget: budgetOf(ledger.call(), { ...UNLIMITED, monthlyMicroUsd }, more),
      at,
    })),
  },
  { weight: 1, arbitrary: fc.constant<Told>((_ledger, at) => ({ kind: 'removeBudget', budgetId: 'main', at })) },
  { weight: 2, arbitrary: fc.constant<Told>((_ledger, at) => ({ kind: 'expire', at })) },
);
const afterMs = fc.oneof(
  fc.integer({ min: 0, max: 5 * MINUTE }),
  fc.integer({ min: 0, max: 20 * DAY }),
  fc.integer({ min: 0, max: 70 * DAY }),
);
const isClosedBefore = fc.boolean();
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ afterMs, lateMs: fc.constantFrom(0, 0, 0, 3 * DAY, 40 * DAY), told: work, isClosedBefore }) },
  { weight: 2, arbitrary: fc.record({ afterMs, lateMs: fc.constant(0), told: change, isClosedBefore }) },
);

/** What every operation answered and, in the end, every statement but for the time at which it was written. */
async function live(store: BudgetStore, steps: readonly Step[], isClosing: boolean): Promise<unknown> {
  const ledger = new Ledger(store);
  const answers: unknown[] = [];
  let at = NOON;
  await ledger.limit({ monthly: 100 / 1e6 }, { rolloverPercent: 25 });
  for (const { told, ...each } of steps) {
    at += each.afterMs;
    if (isClosing && each.isClosedBefore) await ledger.close(at);
    const [answer] = await store.applyBatch(ledger.organizationId, [told(ledger, at - each.lateMs)]);
    answers.push(answer);
  }
  await ledger.close(END);
  expect(await ledger.audit()).toEqual([]);
  const written = (await ledger.statements()).map((statement) => ({ ...statement, closedAt: END }));
  return JSON.parse(JSON.stringify({ answers, written }).replaceAll(ledger.organizationId, 'org'));
}

onEveryStore('statements are the same whenever somebody closes', (ledger) => {
  test('at any times, or only at the end: nothing differs but when they were written', async () => {
    const { store } = ledger();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15, size: 'max' }), async (steps) => {
        expect(await live(store, steps, true)).toEqual(await live(store, steps, false));
      }),
      { numRuns: 25 },
    );
  });
});
