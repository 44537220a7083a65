import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Pool } from 'pg';
import type { Check } from '../../src/domain/ledger';
import type { MicroUsd } from '../../src/domain/money';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { cost, databaseUrl, DAY, Ledger, MINUTE, NOON, onEveryStore, TTL, usd } from './support';

const checkOf = (ledger: Ledger, amount: number, more: Partial<Check> = {}): Check => ({
  kind: 'check',
  call: ledger.call(),
  estimateMicroUsd: usd(amount),
  at: NOON,
  ...more,
});

onEveryStore('a check', (ledger) => {
  const check = (amount: number, more: Partial<Check> = {}) => ledger().store.check(checkOf(ledger(), amount, more));

  test('answers what the reserve after it answers, whatever went before', async () => {
    const step = fc.record({
      amount: fc.integer({ min: 0, max: 60 }),
      laterMs: fc.integer({ min: 0, max: 8 * MINUTE }),
      end: fc.constantFrom('commit', 'release', 'expire', 'nothing', 'nothing'),
      ttlMs: fc.constantFrom(MINUTE, TTL, DAY),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12 }),
        fc.constantFrom('hard' as const, 'soft' as const),
        async (steps, mode) => {
          const budgetId = randomUUID();
          await ledger().limit({ monthly: 150, daily: 100, monthlyExecutions: 8 }, { budgetId, mode, scope: { userId: budgetId } });
          const call = ledger().call({ userId: budgetId });
          let at = NOON;
          for (const [index, { amount, laterMs, end, ttlMs }] of steps.entries()) {
            const key = `${budgetId} ${String(index)}`;
            at += laterMs;
            const decision = await check(amount, { at, call });
            expect(await ledger().reserve(key, amount, { at, call, ttlMs })).toMatchObject({ decision });
            if (decision.status === 'denied') continue;
            if (end === 'commit') await ledger().commit(key, cost(amount / 2), at);
            if (end === 'release') await ledger().release(key, null, at);
            if (end === 'expire') await ledger().expire(at);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test('sees the holds that the reserve sees, and holds nothing', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('other', 60);
    const before = await ledger().balances();
    expect(await check(41)).toMatchObject({ status: 'denied', denial: { held: usd(60) }, usage: 0.6, remainingMicroUsd: usd(40) });
    expect(await check(40)).toMatchObject({ status: 'granted', usage: 0.6, remainingMicroUsd: usd(40) });
    expect(await check(40)).toMatchObject({ status: 'granted' });
    expect(await ledger().balances()).toEqual(before);
    expect(await ledger().store.entries(ledger().organizationId, null, 0, 10)).toEqual([]);
  });

  test('an overdue hold denies nothing, and is still there afterwards', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('idle', 80);
    expect(await check(50, { at: NOON + TTL - 1 })).toMatchObject({ status: 'denied' });
    expect(await check(50, { at: NOON + TTL })).toMatchObject({ status: 'granted', usage: 0 });
    expect(await ledger().store.hold(ledger().organizationId, 'idle')).toMatchObject({ state: 'held' });
    expect(await ledger().month()).toEqual({ spent: 0, held: 80, executions: 1 });
  });

  test('of an organization that nobody knows makes no organization', async () => {
    expect(await check(5)).toMatchObject({ status: 'granted', isUnbudgeted: true, remainingMicroUsd: null });
    expect(await ledger().store.organizations()).not.toContain(ledger().organizationId);
  });

  test('no_budget by policy: denied, nothing remains', async () => {
    await ledger().policy({ noBudget: 'deny' });
    expect(await check(5)).toMatchObject({ status: 'denied', denial: { code: 'no_budget' }, usage: 1, remainingMicroUsd: 0 });
  });

  test('a denial for executions says what money remains', async () => {
    await ledger().limit({ monthly: 100, daily: 30, monthlyExecutions: 0 });
    expect(await check(5)).toMatchObject({
      status: 'denied',
      denial: { code: 'monthly_executions' },
      remainingMicroUsd: usd(30),
      usage: 0,
    });
  });

  test.each<[string, Partial<Check>, string]>([
    ['an estimate of NaN', { estimateMicroUsd: NaN as MicroUsd }, 'InvalidAmount'],
    ['an estimate of -1', { estimateMicroUsd: -1 as MicroUsd }, 'InvalidAmount'],
    ['half a micro-USD', { estimateMicroUsd: 0.5 as MicroUsd }, 'InvalidAmount'],
    ['an estimate that overflows the balance', { estimateMicroUsd: (2 ** 53 - 1) as MicroUsd }, 'InvalidAmount'],
    ['an instant of NaN', { at: NaN }, 'InvalidRequest'],
    ['an organization that is none', { call: { organizationId: 'a b', teamId: null, userId: null, agentId: null } }, 'InvalidRequest'],
  ])('%s is refused, never allowed', async (_name, bad, code) => {
    await ledger().limit({ monthly: 100 }, { mode: 'soft' });
    await ledger().reserve('a', 10);
    await expect(check(1, bad)).rejects.toMatchObject({ code });
  });
});

test('a check waits for no writer, and no writer for a check', async () => {
  const store = createPostgresStore(databaseUrl());
  const ledger = new Ledger(store);
  await ledger.limit({ monthly: 100 });
  const pool = new Pool({ connectionString: databaseUrl(), max: 1 });
  const writer = await pool.connect();
  await writer.query('begin');
  await writer.query('select from organizations where organization_id = $1 for update', [ledger.organizationId]);
  expect(await store.check(checkOf(ledger, 1))).toMatchObject({ status: 'granted' });
  await writer.query('rollback');
  writer.release();
  await Promise.all([pool.end(), store.close()]);
});
