import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { Receipt } from '../../src/domain/ledger';
import { add, ZERO, type MicroUsd } from '../../src/domain/money';
import type { BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { cost, DAY, databaseUrl, Ledger, MINUTE } from './support';

const BERLIN = { timeZone: 'Europe/Berlin', rolloverPercent: 25 };
/** The first instants of April and of May in Berlin. */
const APRIL = Date.UTC(2026, 2, 31, 22);
const MAY = Date.UTC(2026, 3, 30, 22);

/** What one caller does, step by step, while the others do theirs; answers what it was told in the end that it was charged. */
type Story = (ledger: Ledger, key: string, breathe: () => Promise<unknown>) => Promise<Receipt | null>;

const near = (end: number) => fc.integer({ min: -3 * MINUTE, max: 3 * MINUTE }).map((offset) => end + offset);
const at = fc.oneof({ weight: 5, arbitrary: near(APRIL) }, { weight: 1, arbitrary: near(MAY) });
const amount = fc.integer({ min: 0, max: 30 });

const work = fc
  .record({ at, laterMs: fc.integer({ min: 0, max: 20 * MINUTE }), amount, startsWork: fc.boolean(), isReleased: fc.boolean() })
  .map((told): Story => async (ledger, key, breathe) => {
    const answer = await ledger.reserve(key, 15, { at: told.at, ttlMs: 5 * MINUTE, startsWork: told.startsWork });
    await breathe();
    if (answer.status !== 'granted') return null;
    const later = told.at + told.laterMs;
    return told.isReleased ? ledger.release(key, null, later) : ledger.commit(key, cost(told.amount), later);
  });
const charge = fc.record({ at, amount }).map(
  (told): Story =>
    (ledger, key) =>
      ledger.charge(key, told.amount, { at: told.at }),
);
const others = fc.oneof(
  at.map(
    (when): Story =>
      (ledger) =>
        ledger.expire(when + 10 * MINUTE).then(() => null),
  ),
  fc.record({ at, limit: fc.integer({ min: 50, max: 200 }), anchorDay: fc.constantFrom(1, 15) }).map(
    (put): Story =>
      (ledger) =>
        ledger.limit({ monthly: put.limit }, { ...BERLIN, anchorDay: put.anchorDay, at: put.at }).then(() => null),
  ),
);
const closings = fc.array(at, { minLength: 2, maxLength: 5 });

interface History {
  readonly stories: readonly Story[];
  readonly closings: readonly (readonly number[])[];
  readonly pausesMs: readonly number[];
}

const history: fc.Arbitrary<History> = fc.record({
  stories: fc.array(fc.oneof({ weight: 4, arbitrary: work }, { weight: 1, arbitrary: charge }, { weight: 1, arbitrary: others }), {
    minLength: 5,
    maxLength: 14,
    size: 'max',
  }),
  closings: fc.tuple(closings, closings),
  pausesMs: fc.array(fc.nat(4), { minLength: 1, maxLength: 20 }),
});

/** Lets everybody act at once. Returns what was charged by their answers, and how many periods the closings say they closed. */
async function live(ledger: Ledger, { stories, closings, pausesMs }: History): Promise<{ charged: MicroUsd; closed: number }> {
  let paused = 0;
  const breathe = () => pause(pausesMs[(paused += 1) % pausesMs.length]);
  const resetters = closings.map(async (times) => {
    let closed = 0;
    for (const time of times) {
      closed += (await ledger.close(time)).closed;
      await breathe();
    }
    return closed;
  });
  const callers = stories.map(async (story, index) => {
    await breathe();
    return story(ledger, `key-${String(index)}`, breathe);
  });
  const [receipts, closed] = await Promise.all([Promise.all(callers), Promise.all(resetters)]);
  return {
    charged: add(...receipts.map((receipt) => receipt?.chargedMicroUsd ?? ZERO)),
    closed: closed.reduce((sum, count) => sum + count, 0),
  };
}

describe.each<[string, () => BudgetStore, number]>([
  ['memory', createMemoryStore, 40],
  ['postgres', () => createPostgresStore(databaseUrl()), 25],
])('two resetters at once, interleaved with all that a ledger does [%s]', (_name, createStore, numRuns) => {
  const store = createStore();
  afterAll(() => store.close());

  test('balances equal entries, every charge that was answered is there once, and every ended period is closed once', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (told) => {
        const ledger = new Ledger(store);
        await ledger.limit({ monthly: 100, daily: 80 }, { ...BERLIN, at: APRIL - DAY });
        const { charged, closed } = await live(ledger, told);
        expect(await ledger.audit()).toEqual([]);
        const last = await Promise.all([ledger.close(MAY + DAY), ledger.close(MAY + DAY)]);
        expect(await ledger.audit()).toEqual([]);

        const rows = await ledger.balances();
        const ended = rows.filter(({ period }) => period.end <= MAY + DAY);
        expect(ended.filter(({ closedAt }) => closedAt === null)).toEqual([]);
        expect(closed + last[0].closed + last[1].closed).toBe(ended.length);
        expect(await ledger.statements()).toHaveLength(ended.length);
        expect(add(...rows.map(({ month }) => month.spentMicroUsd))).toBe(charged);
        // The rows tile time: nobody made two of one month.
        expect(rows.slice(1).map(({ period }) => period.start)).toEqual(rows.slice(0, -1).map(({ period }) => period.end));
      }),
      { numRuns },
    );
  });
});
