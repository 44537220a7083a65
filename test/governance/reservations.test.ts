import { entries } from '../../src/store/reports';
import { MINUTE, NOON, onEveryStore, TTL } from '../store/support';
import { serviceOn } from './support';

onEveryStore('GovernanceService reserve, commit, release, extend', (ledger) => {
  let at = NOON;
  beforeEach(async () => {
    at = NOON;
    await ledger().limit({ monthly: 100 });
  });
  const start = async () => {
    const { service, reserve } = await serviceOn(ledger(), () => at);
    const { organizationId } = ledger();
    return {
      reserve,
      commit: (key: string, actualCost: number | null, more: object = {}) => service.commit({ organizationId, key, actualCost, ...more }),
      release: (key: string) => service.release({ organizationId, key }),
      extend: (key: string) => service.extend({ organizationId, key }),
    };
  };

  test('vector 30: reserve 50 of 100, commit 48: 52 remain', async () => {
    const { reserve, commit } = await start();
    const reservation = await reserve(50);
    expect(reservation).toMatchObject({
      allowed: true,
      status: 'granted',
      reason: 'Within budget',
      remainingBudgetUsd: 100,
      hold: { state: 'held', heldUsd: 50 },
      expiresAt: new Date(NOON + TTL).toISOString(),
    });
    const metadata = { duration_ms: 7 };
    expect(await commit(reservation.key, 48, { executionSuccess: true, metadata })).toMatchObject({ state: 'committed', chargedUsd: 48 });
    expect(await reserve(52.01)).toMatchObject({ allowed: false, status: 'denied', remainingBudgetUsd: 52, expiresAt: null });
    const [charge] = await entries(ledger().store, ledger().organizationId);
    expect(charge).toMatchObject({ kind: 'charge', spentUsd: 48, executionSuccess: true, metadata });
  });

  test('vector 23: two concurrent 60 on 100: exactly one passes, the other has the whole denial', async () => {
    const { reserve } = await start();
    const answers = await Promise.all([reserve(60), reserve(60)]);
    expect(answers.map(({ allowed }) => allowed).sort()).toEqual([false, true]);
    expect(answers.find(({ allowed }) => !allowed)).toMatchObject({
      denial: { code: 'monthly_cost', held: 60, available: 40 },
      usagePercentage: 0.6,
      remainingBudgetUsd: 40,
    });
  });

  test('vector 24: 200 concurrent 1 on 50: exactly 50 pass', async () => {
    await ledger().limit({ monthly: 50 });
    const { reserve } = await start();
    const answers = await Promise.all(Array.from({ length: 200 }, () => reserve(1)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(50);
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 50 });
  });

  test('vectors 34 and 35: the same key and body is one hold and the same answer; another body a named conflict', async () => {
    const { reserve } = await start();
    const answer = await reserve(50, 'a');
    at += MINUTE;
    expect(await reserve(50, 'a')).toEqual(answer);
    await expect(reserve(51, 'a')).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 1 });
  });

  test('a settled key never answers "allowed", and a denied key keeps its denial', async () => {
    const { reserve, commit } = await start();
    await reserve(60, 'a');
    const denied = await reserve(60, 'b');
    expect(denied).toMatchObject({ allowed: false, status: 'denied', hold: { state: 'denied' } });
    await commit('a', 1);
    expect(await reserve(60, 'a')).toMatchObject({
      allowed: false,
      status: 'taken',
      reason: 'Key a was settled before: its work must not run again',
      hold: { chargedUsd: 1 },
      denial: null,
      remainingBudgetUsd: 100,
    });
    expect(await reserve(60, 'b')).toEqual(denied);
    await expect(commit('b', 1)).rejects.toMatchObject({ code: 'HoldDenied' });
  });

  test('vector 32: a commit twice is one charge; with another amount a named conflict', async () => {
    const { reserve, commit } = await start();
    await reserve(50, 'a');
    const receipt = await commit('a', 20);
    expect(await commit('a', 20)).toEqual(receipt);
    await expect(commit('a', 21)).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 20, held: 0, executions: 1 });
  });

  test('vector 33: a release gives everything back, twice is a no-op; after a commit it is a named conflict', async () => {
    const { reserve, commit, release } = await start();
    await reserve(50, 'a');
    const released = await release('a');
    expect(released).toMatchObject({ state: 'released', chargedUsd: 0 });
    expect(await release('a')).toEqual(released);
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
    expect(await commit('a', 20)).toMatchObject({ state: 'committed', chargedUsd: 20, isLate: true });
    await expect(release('a')).rejects.toMatchObject({ code: 'HoldCommitted' });
    await expect(release('nobody')).rejects.toMatchObject({ code: 'HoldNotFound' });
    expect(await ledger().month()).toEqual({ spent: 20, held: 0, executions: 1 });
  });

  test.each<[string, number | null, object, object]>([
    ['31, above the hold: all is charged and the overage shown', 200, {}, { chargedUsd: 200, overageUsd: 150 }],
    ['37, a cost of 0', 0, {}, { chargedUsd: 0, isUnconfirmed: false }],
    ['38, an unknown cost: the estimate, flagged', null, {}, { chargedUsd: 50, isUnconfirmed: true }],
    ['40, failed at a known cost', 7, { executionSuccess: false }, { chargedUsd: 7, isUnconfirmed: false }],
    ['41, failed without a cost', null, { executionSuccess: false }, { chargedUsd: 0, isUnconfirmed: false }],
  ])('vector %s', async (_name, cost, more, receipt) => {
    const { reserve, commit } = await start();
    await reserve(50, 'a');
    expect(await commit('a', cost, more)).toMatchObject({ state: 'committed', ...receipt });
  });

  test('a cost that is told after a failure without one is charged all the same, once', async () => {
    const { reserve, commit } = await start();
    await reserve(50, 'a');
    await commit('a', null, { executionSuccess: false });
    expect(await commit('a', 7)).toMatchObject({ chargedUsd: 7, isUnconfirmed: false });
    expect(await commit('a', 7)).toMatchObject({ chargedUsd: 7 });
    await expect(commit('a', 8)).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 7, held: 0, executions: 1 });
  });

  test('vectors 39 and 42: a hold that nobody settles is charged its estimate, flagged; the real cost corrects it, late', async () => {
    const { reserve, commit } = await start();
    await reserve(50, 'a');
    await ledger().expire(NOON + TTL);
    expect(await ledger().month()).toEqual({ spent: 50, held: 0, executions: 1 });
    at = NOON + TTL + MINUTE;
    expect(await commit('a', 8)).toMatchObject({ chargedUsd: 8, isUnconfirmed: false, isLate: true });
    expect(await ledger().month()).toEqual({ spent: 8, held: 0, executions: 1 });
  });

  test('extend keeps a hold alive, and says when it has ended', async () => {
    const { reserve, extend } = await start();
    await reserve(50, 'a');
    at = NOON + TTL - 1;
    expect(await extend('a')).toBe(true);
    await ledger().expire(NOON + TTL);
    expect(await ledger().month()).toMatchObject({ held: 50 });
    await ledger().expire(NOON + 2 * TTL);
    expect(await extend('a')).toBe(false);
    await expect(extend('nobody')).rejects.toMatchObject({ code: 'HoldNotFound' });
  });
});
