import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Operation } from '../../src/domain/ledger';
import { microUsd } from '../../src/domain/money';
import type { Scope } from '../../src/domain/scope';
import { audit } from '../../src/store/audit';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { budgetOf, limitsOf, MINUTE, NOON, TTL } from './support';

const KEYS = ['a', 'b', 'c', 'd'];
const BUDGET_IDS = ['a-team', 'b-organization'];

// Two of the large amount are past 2^53: in the organization's budget, after the team's was moved already.
const amountMicroUsd = fc.constantFrom(3, 3, 7, 2 ** 52).map(microUsd);
const key = fc.constantFrom(...KEYS);
const at = fc.integer({ min: 0, max: 20 }).map((minutes) => NOON + minutes * MINUTE);
const call: fc.Arbitrary<Scope> = fc
  .constantFrom('t', null)
  .map((teamId) => ({ organizationId: 'told later', teamId, userId: null, agentId: null }));
const outcome = fc.record({ status: fc.constant('succeeded' as const), costMicroUsd: fc.option(amountMicroUsd) });
const attemptId = fc.constantFrom('1', '2');

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ key, at, call, startsWork: fc.boolean() }).map((reserve): Operation => ({
    ...reserve,
    kind: 'reserve',
    estimateMicroUsd: microUsd(5),
    fingerprint: String(reserve.call.teamId),
    ttlMs: TTL,
    run: null,
  })),
  fc.record({ key, at, call, amountMicroUsd }).map((charge): Operation => ({ ...charge, kind: 'charge', fingerprint: 'charge' })),
  fc.record({ key, at, outcome }).map((commit): Operation => ({ ...commit, kind: 'commit' })),
  fc
    .record({ key, at, attemptId, scheduledAt: fc.constantFrom(1, 1, 2) })
    .map((start): Operation => ({ ...start, kind: 'startAttempt', activityId: 'x', runId: 'r' })),
  fc.record({ key, at, attemptId, outcome }).map((finish): Operation => ({ ...finish, kind: 'finishAttempt' })),
  fc.record({ key, at }).map((release): Operation => ({ ...release, kind: 'release', onBehalfOf: null })),
  fc.record({ at }).map((expire): Operation => ({ ...expire, kind: 'expire' })),
  fc.record({ at, budgetId: fc.constantFrom(...BUDGET_IDS) }).map((remove): Operation => ({ ...remove, kind: 'removeBudget' })),
);

async function playedIn(batches: readonly (readonly Operation[])[]) {
  const store = createMemoryStore();
  const organizationId = `org-${randomUUID()}`;
  for (const [index, budgetId] of BUDGET_IDS.entries()) {
    const scope = { organizationId, teamId: index === 0 ? 't' : null, userId: null, agentId: null };
    await store.putBudget(budgetOf(scope, limitsOf({ monthlyExecutions: 2 }), { budgetId }), NOON);
  }
  const outcomes = [];
  for (const batch of batches) {
    const own = batch.map((told) => ('call' in told ? { ...told, call: { ...told.call, organizationId } } : told));
    outcomes.push(...(await store.applyBatch(organizationId, own)));
  }
  expect(await audit(store, organizationId)).toEqual([]);
  const kept = {
    outcomes: outcomes.map((told) => (told.ok ? told : `${told.error.code}: ${told.error.message}`)),
    budgets: await store.budgets(organizationId),
    balances: await Promise.all(BUDGET_IDS.map((budgetId) => store.balances(organizationId, budgetId, 0))),
    holds: await Promise.all(KEYS.map((name) => store.hold(organizationId, name))),
    // In no order: an expiry ends what the batch made after what it found.
    entries: (await store.entries(organizationId, null, 0, 1_000)).map((entry) => JSON.stringify({ ...entry, entryId: 0 })).sort(),
  };
  return JSON.parse(JSON.stringify(kept).replaceAll(organizationId, 'acme')) as unknown;
}

test('a batch is its operations one after the other, and a bad operation fails alone: what it had begun is undone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 25, size: 'max' }), async (operations) => {
      expect(await playedIn([operations])).toEqual(await playedIn(operations.map((alone) => [alone])));
    }),
    { numRuns: 200 },
  );
});
