import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Operation } from '../../src/domain/ledger';
import { receiptOf } from '../../src/domain/ledger/hold';
import { microUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { budgetOf, DAY, databaseUrl, limitsOf, MINUTE, TTL } from './support';

const KEYS = ['a', 'b', 'c', 'd'];
const JANUARY = Date.UTC(2026, 0, 1);
const JULY = Date.UTC(2026, 6, 1);

const atIn = (...days: number[]) =>
  fc
    .tuple(fc.constantFrom(...days), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 }))
    .map(([day, more, minutes]) => JANUARY + (day + more) * DAY + minutes * MINUTE);
const key = fc.constantFrom(...KEYS);
const attemptId = fc.constantFrom('1', '2');
const runId = fc.constantFrom('r1', 'r2');
const scheduledAt = fc.constantFrom(1, 1, 2);
const settleAt = (at: fc.Arbitrary<number>) =>
  fc.record({ key, at, runId: fc.option(runId), noTryBefore: fc.option(scheduledAt) }).map(({ noTryBefore, ...rest }): Operation => ({
    kind: 'settle',
    ...rest,
    ...(noTryBefore !== null && { noTryBefore }),
  }));
const run = fc.option(fc.record({ runId, firstExecutionRunId: fc.constantFrom('f', 'f', 'g') }));
const amount = fc.integer({ min: 0, max: 12 }).map(microUsd);
const outcome = fc.record({
  status: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const, 'unconfirmed' as const),
  costMicroUsd: fc.option(amount, { freq: 4 }),
});
const call = (organizationKey: string) => ({
  organizationId: 'told later',
  teamId: organizationKey === 'a' ? 't' : null,
  userId: null,
  agentId: null,
});
const operationAt = (at: fc.Arbitrary<number>): fc.Arbitrary<Operation> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ key, at, run, startsWork: fc.boolean(), ttlMs: fc.constantFrom(MINUTE, TTL) }).map((rest): Operation => ({
        ...rest,
        kind: 'reserve',
        call: call(rest.key),
        estimateMicroUsd: microUsd(7),
        fingerprint: 'usual',
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ key, at, attemptId, activityId: fc.option(fc.constantFrom('x', 'y')), runId: fc.option(runId), scheduledAt })
        .map((start): Operation => ({ kind: 'startAttempt', ...start })),
    },
    { weight: 2, arbitrary: fc.record({ key, at, attemptId, outcome }).map((one): Operation => ({ kind: 'finishAttempt', ...one })) },
    {
      weight: 3,
      arbitrary: fc.record({ key, at, outcome, runId: fc.option(runId) }).map((commit): Operation => ({ kind: 'commit', ...commit })),
    },
    { weight: 1, arbitrary: fc.record({ key, at }).map((extend): Operation => ({ kind: 'extend', ...extend })) },
    { weight: 1, arbitrary: settleAt(at) },
    { weight: 2, arbitrary: fc.record({ key, at, onBehalfOf: run }).map((one): Operation => ({ kind: 'release', ...one })) },
    { weight: 1, arbitrary: fc.record({ at }).map((expire): Operation => ({ kind: 'expire', ...expire })) },
    {
      weight: 1,
      arbitrary: fc.record({ key, at, amountMicroUsd: amount }).map((charge): Operation => ({
        ...charge,
        kind: 'charge',
        call: call(charge.key),
        fingerprint: String(charge.amountMicroUsd),
      })),
    },
  );
const CLOSE: readonly Operation[] = [
  { kind: 'expire', at: JULY },
  ...['main', 'team'].map((budgetId) => ({ kind: 'closePeriods' as const, budgetId, at: JULY })),
];
const prune = fc
  .record({ before: fc.constantFrom(JANUARY + 32 * DAY, JANUARY + 70 * DAY, JULY - 62 * DAY), most: fc.constantFrom(1, 2, 1_000) })
  .map((page): Operation => ({ kind: 'prune', at: JULY, ...page }));
type Step = readonly Operation[];
const batchAt = (at: fc.Arbitrary<number>) => fc.array(operationAt(at), { minLength: 1, maxLength: 3 });
const pruning = prune.map((one): Step => [...CLOSE, one]);
// What is pruned by July, and then whatever comes, of June or of months that are pruned.
const history = fc
  .tuple(
    fc.array(batchAt(atIn(0, 0, 0, 26, 31)), { minLength: 4, maxLength: 15, size: 'max' }),
    pruning,
    fc.array(fc.oneof({ weight: 4, arbitrary: batchAt(atIn(0, 26, 151, 151)) }, { weight: 1, arbitrary: pruning }), {
      minLength: 3,
      maxLength: 15,
      size: 'max',
    }),
  )
  .map(([early, first, late]): readonly Step[] => [...early, first, ...late]);

async function answersOf(store: BudgetStore, organizationId: string, operations: Step): Promise<unknown[]> {
  const own = operations.map((told) => ('call' in told ? { ...told, call: { ...told.call, organizationId } } : told));
  const outcomes = await store.applyBatch(organizationId, own);
  return outcomes.map((one) => {
    if (!one.ok) return `${one.error.code}: ${one.error.message}`;
    // How the budgets stood when a key that is taken was granted is the one thing that its answer forgets.
    const isTaken = 'status' in one.answer && one.answer.status === 'taken';
    return { effect: one.effect, ...(isTaken ? { ...one.answer, decision: null } : one.answer) };
  });
}

interface Seen {
  reduced: number;
  summedUp: number;
  /** What was answered on a key after a pruning. */
  late: number;
}

/** Takes a history on a store that is never pruned and on those that are, comparing all answers. */
async function compare(steps: readonly Step[], whole: BudgetStore, pruned: readonly BudgetStore[], seen: Seen): Promise<void> {
  const organizationId = `org-${randomUUID()}`;
  for (const store of [whole, ...pruned]) {
    const everybody = { organizationId, teamId: null, userId: null, agentId: null };
    const limits = limitsOf({ monthly: 60 / 1e6, daily: 30 / 1e6, monthlyExecutions: 20 });
    await store.putBudget(budgetOf(everybody, limits, { rolloverPercent: 25 }), JANUARY);
    await store.putBudget(budgetOf({ ...everybody, teamId: 't' }, limitsOf({ monthly: 40 / 1e6 }), { budgetId: 'team' }), JANUARY);
  }
  let isPruned = false;
  for (const operations of steps) {
    const isPruning = operations.at(-1)?.kind === 'prune';
    const expected = await answersOf(whole, organizationId, isPruning ? operations.slice(0, -1) : operations);
    const found: unknown[] = [];
    for (const store of pruned) {
      const answers = await answersOf(store, organizationId, operations);
      if (isPruning) found.push(answers.pop());
      expect(answers).toEqual(expected);
      expect(await audit(store, organizationId)).toEqual([]);
    }
    if (isPruning) {
      const { holds, entries } = found[0] as { holds: number; entries: number };
      for (const other of found) expect(other).toEqual(found[0]);
      seen.reduced += holds;
      seen.summedUp += entries;
      isPruned ||= holds > 0;
    } else if (isPruned) {
      seen.late += expected.length;
    }
  }
  await compareRows(organizationId, whole, pruned);
}

async function compareRows(organizationId: string, whole: BudgetStore, pruned: readonly BudgetStore[]): Promise<void> {
  const written = (await whole.entries(organizationId, null, 0, 1_000)).map((entry) => JSON.stringify({ ...entry, entryId: 0 }));
  const left: unknown[] = [];
  for (const store of pruned) {
    for (const budgetId of ['main', 'team']) {
      const balances = await whole.balances(organizationId, budgetId, -8e15);
      expect(await store.balances(organizationId, budgetId, -8e15)).toEqual(balances);
    }
    for (const name of KEYS) {
      const [hold, original] = [await store.hold(organizationId, name), await whole.hold(organizationId, name)];
      expect(hold && receiptOf(hold)).toEqual(original && receiptOf(original));
      expect(hold).toEqual(await pruned[0]?.hold(organizationId, name));
    }
    left.push((await store.entries(organizationId, null, 0, 1_000)).map((entry) => ({ ...entry, entryId: 0 })));
  }
  for (const entries of left) expect(entries).toEqual(left[0]);
  for (const entry of left[0] as unknown[]) expect(written).toContain(JSON.stringify(entry));
}

describe('random histories, pruned at random moments: answers, balances and receipts as without, and audit proves all', () => {
  test.each([
    ['in memory', 100, () => [createMemoryStore()]],
    ['on every store', 25, () => [createMemoryStore(), createPostgresStore(databaseUrl(), { maxConnections: 2 })]],
  ] as const)('%s', async (_where, numRuns, createStores) => {
    const seen: Seen = { reduced: 0, summedUp: 0, late: 0 };
    const stores = createStores();
    await fc.assert(
      fc.asyncProperty(history, (steps) => compare(steps, createMemoryStore(), stores, seen)),
      { numRuns },
    );
    await Promise.all(stores.map((store) => store.close()));
    // Else it compared nothing.
    expect(seen.reduced).toBeGreaterThan(numRuns / 12);
    expect(seen.summedUp).toBeGreaterThan(numRuns);
    expect(seen.late).toBeGreaterThan(numRuns);
  });
});
