import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Pool } from 'pg';
import { UNLIMITED, type OrganizationPolicy } from '../../src/domain/budget';
import type { Check, EntryNote, Operation } from '../../src/domain/ledger';
import { microUsd } from '../../src/domain/money';
import { ALERT_DEFAULTS } from '../../src/domain/alert-config';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { budgetOf, DAY, databaseUrl, Ledger, limitsOf, MINUTE, NOON, TTL } from './support';

type Step =
  | { readonly kind: 'batch'; readonly operations: readonly Operation[] }
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'policy'; readonly policy: OrganizationPolicy };

const at = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 0, 1, 3),
    fc.integer({ min: 27, max: 34 }),
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 12 }),
  )
  .map(([month, day, hour, minutes]) => Date.UTC(2026, 2 + month, 1) + day * DAY + hour * 60 * MINUTE + minutes * MINUTE);
const key = fc.constantFrom('a', 'b', 'c');
const attemptId = fc.constantFrom('1', '2', '3');
const runId = fc.constantFrom('r1', 'r2');
const scheduledAt = fc.constantFrom(1, 1, 2);
const settle = fc
  .record({ key, at, runId: fc.option(runId), noTryBefore: fc.option(scheduledAt) })
  .map(({ noTryBefore, ...rest }): Operation => ({
    kind: 'settle',
    ...rest,
    ...(noTryBefore !== null && { noTryBefore }),
  }));
const amount = fc.integer({ min: 0, max: 12 }).map(microUsd);
const run = fc.option(fc.record({ runId, firstExecutionRunId: fc.constantFrom('f', 'f', 'g') }));
const note = fc.record({
  executionSuccess: fc.option(fc.boolean()),
  metadata: fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true })),
});
const outcome = fc
  .record({ status: fc.constantFrom('succeeded', 'failed', 'unconfirmed'), costMicroUsd: fc.option(amount), noted: fc.option(note) })
  .map(({ noted, ...ended }) => ({ ...ended, ...(noted && ({ note: noted } as { note: EntryNote })) }));
const rare = fc.integer({ min: 0, max: 19 }).map((roll) => roll === 0);

const reserve = fc.record({ key, at, run, startsWork: fc.boolean(), isOther: rare, ttlMs: fc.constantFrom(MINUTE, TTL, 3 * DAY) });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  reserve.map(({ isOther, ...rest }): Operation => ({
    ...rest,
    kind: 'reserve',
    call: { organizationId: 'told later', teamId: rest.key === 'a' ? 't' : null, userId: null, agentId: null },
    estimateMicroUsd: microUsd(isOther ? 3 : 7),
    fingerprint: isOther ? 'other' : 'usual',
  })),
  fc
    .record({ key, at, attemptId, activityId: fc.option(fc.constantFrom('x', 'y')), runId: fc.option(runId), scheduledAt })
    .map((start): Operation => ({ kind: 'startAttempt', ...start })),
  fc.record({ key, at, attemptId, outcome }).map((finish): Operation => ({ kind: 'finishAttempt', ...finish })),
  fc.record({ key, at }).map((extend): Operation => ({ kind: 'extend', ...extend })),
  settle,
  fc.record({ key, at, outcome, runId: fc.option(runId) }).map((commit): Operation => ({ kind: 'commit', ...commit })),
  fc.record({ key, at, onBehalfOf: run }).map((release): Operation => ({ kind: 'release', ...release })),
  fc.record({ at }).map((expire): Operation => ({ kind: 'expire', ...expire })),
  fc.record({ key: fc.constantFrom('c', 'd'), at, amountMicroUsd: amount, note }).map((charge): Operation => ({
    ...charge,
    note: charge.note as EntryNote,
    kind: 'charge',
    call: { organizationId: 'told later', teamId: 't', userId: null, agentId: null },
    fingerprint: String(charge.amountMicroUsd),
  })),
);

const alertConfig = fc
  .record({
    cooldownMinutes: fc.constantFrom(0, 15),
    alertOncePerThreshold: fc.boolean(),
    webhookUrl: fc.option(fc.constant('https://example.com/hook')),
  })
  .map((chosen) => ({ ...ALERT_DEFAULTS, ...chosen }));
const raise = fc.record({
  monthlyMicroUsd: amount,
  dailyMicroUsd: amount,
  monthlyExecutions: fc.integer({ min: 0, max: 2 }),
  dailyExecutions: fc.constant(0),
  until: fc.option(at),
});
const budget = fc.record({
  limit: fc.integer({ min: 0, max: 400 }),
  isTeams: fc.boolean(),
  timeZone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/New_York'),
  anchorDay: fc.constantFrom(1, 1, 31, 15),
  rolloverPercent: fc.constantFrom(0, 25, 25, 10, 26),
  raise: fc.option(raise),
  alerts: fc.oneof(alertConfig, fc.constant({}), fc.constant({ thresholds: [0.3] })),
});
const putBudget = fc.tuple(budget, at).map(([{ limit, isTeams, ...rest }, when]): Operation => {
  const scope = { organizationId: 'told later', teamId: isTeams ? 't' : null, userId: null, agentId: null };
  const limits = { ...UNLIMITED, monthlyMicroUsd: microUsd(limit), dailyMicroUsd: microUsd(20), monthlyExecutions: 8 };
  return { kind: 'putBudget', budget: budgetOf(scope, limits, { budgetId: isTeams ? 'team' : 'main', ...rest }), at: when };
});
const budgetId = fc.constantFrom('main', 'main', 'team');
const onBudget = fc.oneof(
  { weight: 3, arbitrary: putBudget },
  { weight: 1, arbitrary: fc.record({ budgetId, at }).map((named): Operation => ({ kind: 'removeBudget', ...named })) },
  { weight: 4, arbitrary: fc.record({ budgetId, at }).map((named): Operation => ({ kind: 'closePeriods', ...named })) },
);
const choice = fc.constantFrom('estimate' as const, 'zero' as const);
const policy = fc.record({
  noBudget: fc.constantFrom('allow' as const, 'deny' as const),
  unconfirmedCost: choice,
  failedCost: choice,
  alerts: alertConfig,
  requires: fc.record({ teamId: fc.constantFrom(false, false, true), userId: fc.constant(false) }),
});
const any = fc.oneof({ weight: 5, arbitrary: operation }, { weight: 1, arbitrary: onBudget });
const batch = fc.array(any, { minLength: 1, maxLength: 3 }).map((operations): Step => ({ kind: 'batch', operations }));
const check = fc.record({ at, estimateMicroUsd: amount, teamId: fc.option(fc.constant('t')) }).map(({ teamId, ...asked }): Step => {
  const call = { organizationId: 'told later', teamId, userId: null, agentId: null };
  return { kind: 'check', check: { kind: 'check', call, ...asked } };
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: batch },
  { weight: 3, arbitrary: check },
  { weight: 1, arbitrary: policy.map((chosen): Step => ({ kind: 'policy', policy: chosen })) },
);

function of<Told extends Operation | Check>(organizationId: string, told: Told): Told {
  if ('call' in told) return { ...told, call: { ...told.call, organizationId } };
  if (told.kind !== 'putBudget') return told;
  return { ...told, budget: { ...told.budget, scope: { ...told.budget.scope, organizationId } } };
}

async function take(store: BudgetStore, organizationId: string, taken: Step): Promise<unknown> {
  switch (taken.kind) {
    case 'batch': {
      const outcomes = await store.applyBatch(
        organizationId,
        taken.operations.map((told) => of(organizationId, told)),
      );
      return outcomes.map((answer) => (answer.ok ? answer.answer : `${answer.error.code}: ${answer.error.message}`));
    }
    case 'check':
      return store.check(of(organizationId, taken.check)).catch(String);
    case 'policy':
      return store.putPolicy(organizationId, taken.policy);
  }
}

const CLAIM = {
  claimer: 'me',
  leaseUntil: 9e14,
  inFlight: [],
  targets: [],
  giveUpAt: 0,
  cooldownMs: 0,
  at: Date.UTC(2026, 6, 1),
};

describe('the stores agree, and audit proves them', () => {
  const memory = createMemoryStore();
  const postgres = createPostgresStore(databaseUrl());
  const elsewhere = createPostgresStore(databaseUrl());
  afterAll(() => Promise.all([postgres.close(), elsewhere.close()]));

  test('the same random history: equal answers, equal balances, equal holds, no audit difference', async () => {
    const main = budgetOf({ organizationId: '', teamId: null, userId: null, agentId: null }, limitsOf({ monthly: 25 / 1e6 }));
    const first: Step = { kind: 'batch', operations: [{ kind: 'putBudget', budget: { ...main, rolloverPercent: 25 }, at: NOON }] };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, rare), { minLength: 5, maxLength: 25, size: 'max' }), async (steps) => {
        const organizationId = `org-${randomUUID()}`;
        // Now and then by another process: what this one remembers is then no longer so.
        for (const [taken, isElsewhere] of [[first, false] as const, ...steps]) {
          expect(await take(isElsewhere ? elsewhere : postgres, organizationId, taken)).toEqual(await take(memory, organizationId, taken));
        }
        for (const store of [memory, postgres]) expect(await audit(store, organizationId)).toEqual([]);
        for (const budgetId of ['main', 'team']) {
          const kept = await memory.balances(organizationId, budgetId, -8e15);
          expect(await postgres.balances(organizationId, budgetId, -8e15)).toEqual(kept);
          expect(await postgres.budget(organizationId, budgetId)).toEqual(await memory.budget(organizationId, budgetId));
          expect(
            kept.filter(({ month, day }) => Math.min(month.heldMicroUsd, month.executions, day.heldMicroUsd, day.executions) < 0),
          ).toEqual([]);
        }
        const { at } = CLAIM;
        expect(await postgres.looseEnds(organizationId, at)).toEqual(await memory.looseEnds(organizationId, at));
        for (const budgetId of ['main', 'team']) {
          const claimed = await Promise.all([memory, postgres].map((store) => store.claimAlert({ ...CLAIM, organizationId, budgetId })));
          const [told, toldToo] = claimed.map(({ alert }) => alert && { ...alert, alertId: 0, message: { ...alert.message, id: '' } });
          expect(toldToo).toEqual(told);
        }
        const [written, writtenToo] = await Promise.all(
          [memory, postgres].map(async (store) =>
            (await store.entries(organizationId, null, 0, 1_000)).map((entry) => ({ ...entry, entryId: 0 })),
          ),
        );
        expect(writtenToo).toEqual(written);
        for (const name of ['a', 'b', 'c', 'd']) {
          expect(await postgres.hold(organizationId, name)).toEqual(await memory.hold(organizationId, name));
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['midway', 'midwayMicroUsd'],
    ['late', 'lateMicroUsd'],
    ['month_spent', 'spentMicroUsd'],
    ['month_held', 'heldMicroUsd'],
    ['month_executions', 'executions'],
    ['day_spent', 'daySpentMicroUsd'],
    ['day_held', 'dayHeldMicroUsd'],
    ['day_executions', 'dayExecutions'],
  ])('audit names a %s that was changed behind its back', async (column, what) => {
    const ledger = new Ledger(postgres);
    await ledger.store.putBudget(budgetOf(ledger.call(), limitsOf({ monthly: 10 })), NOON);
    await ledger.reserve('a', 2);
    await ledger.charge('b', 1);
    expect(await ledger.audit()).toEqual([]);
    const pool = new Pool({ connectionString: databaseUrl() });
    await pool.query(`update balances set ${column} = ${column} + 1 where organization_id = $1`, [ledger.organizationId]);
    await pool.end();
    const differences = await ledger.audit();
    const named = differences.find((difference) => difference.what === what);
    expect(named).toMatchObject({ organizationId: ledger.organizationId, budgetId: 'main' });
    expect((named?.balance ?? 0) - (named?.proven ?? 0)).toBe(1);
  });
});
