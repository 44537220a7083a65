import type { Operation } from '../../src/domain/ledger';
import type { MicroUsd } from '../../src/domain/money';
import { cost, NOON, onEveryStore, TTL, usd, type Ledger } from './support';

type Bad = readonly [string, string, (ledger: Ledger) => Operation];

const money = (amount: number) => amount as MicroUsd;
const BAD: readonly Bad[] = [
  ['an estimate of NaN', 'InvalidAmount', (l) => ({ ...l.reserveOf('x', 1), estimateMicroUsd: money(NaN) })],
  ['an estimate of -1', 'InvalidAmount', (l) => ({ ...l.reserveOf('x', 1), estimateMicroUsd: money(-1) })],
  ['an estimate of Infinity', 'InvalidAmount', (l) => ({ ...l.reserveOf('x', 1), estimateMicroUsd: money(Infinity) })],
  ['an estimate that overflows the balance', 'InvalidAmount', (l) => l.reserveOf('x', 1, { estimateMicroUsd: money(2 ** 53 - 1) })],
  ['a TTL of 0', 'InvalidRequest', (l) => l.reserveOf('x', 1, { ttlMs: 0 })],
  ['a TTL of 400 days', 'InvalidRequest', (l) => l.reserveOf('x', 1, { ttlMs: 400 * 86_400_000 })],
  ['an over-long user id', 'InvalidRequest', (l) => l.reserveOf('x', 1, { call: l.call({ userId: 'u'.repeat(201) }) })],
  ['a team that is left out', 'InvalidRequest', (l) => l.reserveOf('x', 1, { call: l.call({ teamId: undefined as unknown as null }) })],
  ['an empty agent id', 'InvalidRequest', (l) => l.reserveOf('x', 1, { call: l.call({ agentId: '' }) })],
  ['an over-long key', 'InvalidRequest', (l) => l.reserveOf('k'.repeat(1501), 1)],
  ['an empty key', 'InvalidRequest', (l) => l.reserveOf('', 1)],
  ['a key with a NUL', 'InvalidRequest', (l) => l.reserveOf('a\u0000b', 1)],
  ['a key with half a character', 'InvalidRequest', (l) => l.reserveOf('a\ud800', 1)],
  ['a reserve at NaN', 'InvalidRequest', (l) => l.reserveOf('x', 1, { at: NaN })],
  [
    'a budget without its fields',
    'InvalidRequest',
    (l) => ({ kind: 'putBudget', at: NOON, budget: { budgetId: 'x', scope: l.call() } }) as unknown as Operation,
  ],
  ['an expiry at NaN', 'InvalidRequest', () => ({ kind: 'expire', at: NaN })],
  ['a reserve in the year 9999', 'InvalidRequest', (l) => l.reserveOf('x', 1, { at: Date.UTC(9999, 1, 1) })],
  ['a reserve long before Christ', 'InvalidRequest', (l) => l.reserveOf('x', 1, { at: -8.6e15 })],
  ['a closing in the year 9999', 'InvalidRequest', () => ({ kind: 'closePeriods', budgetId: 'main', at: Date.UTC(9999, 1, 1) })],
  ['a closing of no budget', 'InvalidRequest', () => ({ kind: 'closePeriods', budgetId: '', at: NOON })],
  ['a removal of no budget', 'InvalidRequest', () => ({ kind: 'removeBudget', budgetId: 'a b', at: NOON })],
  ['an expiry after the end of time', 'InvalidRequest', () => ({ kind: 'expire', at: 9e15 })],
  [
    'a commit of -1',
    'InvalidAmount',
    () => ({ kind: 'commit', key: 'good', at: NOON, outcome: { status: 'succeeded', costMicroUsd: money(-1) } }),
  ],
  [
    'an attempt id that is too long',
    'InvalidRequest',
    () => ({ kind: 'startAttempt', key: 'good', attemptId: 'a'.repeat(1501), activityId: null, runId: null, at: NOON, scheduledAt: NOON }),
  ],
  [
    'an attempt id with a NUL',
    'InvalidRequest',
    () => ({ kind: 'startAttempt', key: 'good', attemptId: '\u0000', activityId: null, runId: null, at: NOON, scheduledAt: NOON }),
  ],
  [
    'a try that was never scheduled',
    'InvalidRequest',
    () => ({ kind: 'startAttempt', key: 'good', attemptId: 'a', activityId: null, runId: null, at: NOON, scheduledAt: NaN }),
  ],
  ['a settle of a run without a name', 'InvalidRequest', () => ({ kind: 'settle', key: 'good', at: NOON, runId: '' })],
  ['a settle of work that was never over', 'InvalidRequest', () => ({ kind: 'settle', key: 'good', at: NOON, noTryBefore: NaN })],
  [
    'a commit of a run without a name',
    'InvalidRequest',
    () => ({ kind: 'commit', key: 'good', at: NOON, outcome: { status: 'succeeded', costMicroUsd: money(1) }, runId: '' }),
  ],
  [
    'a charge of NaN',
    'InvalidAmount',
    (l) => ({ kind: 'charge', key: 'x', at: NOON, call: l.call(), amountMicroUsd: money(NaN), fingerprint: 'x' }),
  ],
  [
    'a charge that overflows',
    'InvalidAmount',
    (l) => ({ kind: 'charge', key: 'x', at: NOON, call: l.call(), amountMicroUsd: money(2 ** 53 - 1), fingerprint: 'x' }),
  ],
];

onEveryStore('bad input', (ledger) => {
  beforeEach(async () => {
    await ledger().limit({ monthly: 100 }, { mode: 'soft' });
    await ledger().reserve('good', 10);
    await ledger().charge('spent', 3);
  });

  test.each(BAD)('%s: refused as %s, the ledger untouched', async (_name, code, operationOf) => {
    const before = await ledger().balances();
    const [outcome] = await ledger().store.applyBatch(ledger().organizationId, [operationOf(ledger())]);
    expect(outcome).toMatchObject({ ok: false, error: { code } });
    expect(await ledger().balances()).toEqual(before);
  });

  test.each(BAD)('%s in a batch fails alone', async (_name, code, operationOf) => {
    const outcomes = await ledger().store.applyBatch(ledger().organizationId, [
      ledger().reserveOf('before', 5),
      operationOf(ledger()),
      { kind: 'commit', key: 'before', at: NOON, outcome: cost(2) },
    ]);
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, error: { code } }, { ok: true, answer: { chargedMicroUsd: usd(2) } }]);
    expect(await ledger().month()).toEqual({ spent: 5, held: 10, executions: 3 });
  });

  test('a refused expiry does not hide overdue holds', async () => {
    await ledger().limit({ monthly: 13 });
    const bad: Operation = { kind: 'expire', at: 9e15 };
    await ledger().store.applyBatch(ledger().organizationId, [bad]);
    expect((await ledger().reserve('next', 10, { at: NOON + TTL })).status).toBe('granted');
  });

  test('the longest key of wide characters is taken, and one more is refused (its index entry would not fit)', async () => {
    const key = Array.from({ length: 500 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919) % 20000))).join('');
    expect((await ledger().reserve(key, 1, { fingerprint: 'x' })).status).toBe('granted');
    await expect(ledger().reserve(`${key}x`, 1, { fingerprint: 'x' })).rejects.toMatchObject({ code: 'InvalidRequest' });
  });

  test('an empty batch answers nothing', async () => {
    expect(await ledger().store.applyBatch(ledger().organizationId, [])).toEqual([]);
  });
});
