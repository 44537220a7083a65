import { cost, NOON, onEveryStore, usd } from './support';

// A worker that slept over the end of its run, which a later run has followed under the same key.
onEveryStore('what an earlier run says too late', (ledger) => {
  const run = (runId: string, startsWork: boolean) => ({ run: { runId, firstExecutionRunId: 'r1' }, startsWork });
  const estimate = usd(10);
  beforeEach(async () => {
    await ledger().limit({ monthly: 100 });
  });

  test('a commit charges its own work, once, and leaves to the later run what that holds', async () => {
    await ledger().reserve('a', 10, run('r1', true));
    await ledger().reserve('a', 10, run('r2', true));
    expect(await ledger().month()).toEqual({ spent: 10, held: 10, executions: 2 });
    for (let told = 0; told < 2; told += 1) {
      const receipt = { state: 'held', heldMicroUsd: estimate, chargedMicroUsd: usd(3) };
      expect(await ledger().commit('a', cost(3), NOON, { runId: 'r1' })).toMatchObject(receipt);
    }
    expect(await ledger().commit('a', cost(4), NOON, { runId: 'r2' })).toMatchObject({ state: 'committed', chargedMicroUsd: usd(7) });
    expect(await ledger().month()).toEqual({ spent: 7, held: 0, executions: 2 });
  });

  test('a commit charges its own work where the later run was denied', async () => {
    await ledger().limit({ monthly: 15 });
    await ledger().reserve('a', 10, run('r1', true));
    expect(await ledger().reserve('a', 10, run('r2', true))).toMatchObject({ status: 'denied' });
    for (let told = 0; told < 2; told += 1) {
      expect(await ledger().commit('a', cost(12), NOON, { runId: 'r1' })).toMatchObject({ state: 'denied', chargedMicroUsd: usd(12) });
    }
    await expect(ledger().commit('a', cost(12), NOON, { runId: 'r2' })).rejects.toMatchObject({ code: 'HoldDenied' });
    expect((await ledger().month()).spent).toBe(12);
  });

  test('a release gives back nothing of the later run', async () => {
    await ledger().reserve('a', 10, run('r1', false));
    await ledger().release('a', { runId: 'r1', firstExecutionRunId: 'r1' });
    await ledger().reserve('a', 10, run('r2', true));
    expect(await ledger().release('a', { runId: 'r1', firstExecutionRunId: 'r1' })).toMatchObject({ state: 'held', chargedMicroUsd: 0 });
    expect(await ledger().commit('a', cost(4), NOON, { runId: 'r2' })).toMatchObject({ state: 'committed', isLate: false });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('a release that was asked for before the later run reserved gives back nothing of it, and its reserve lands no more', async () => {
    await ledger().reserve('a', 10, { ...run('r2', true), at: NOON + 20_000 });
    const late = await ledger().release('a', { runId: 'r1', firstExecutionRunId: 'r1' }, NOON + 10_000);
    expect(late).toMatchObject({ state: 'held', chargedMicroUsd: 0 });
    expect(await ledger().reserve('a', 10, run('r1', true))).toMatchObject({ status: 'taken' });
    expect(await ledger().commit('a', cost(4), NOON, { runId: 'r2' })).toMatchObject({ state: 'committed', isLate: false });
  });

  test('a try of its child is refused under the hold of the later run, whose own are not', async () => {
    await ledger().reserve('a', 10, run('r1', false));
    await ledger().settle('a', NOON + 60_000, { runId: 'r1', noTryBefore: NOON + 60_000 });
    // Reserved by a clock that is behind.
    await ledger().reserve('a', 10, { ...run('r2', false), at: NOON + 50_000 });
    const [early, own] = [NOON + 20_000, NOON + 51_000];
    await expect(ledger().start('a', '1', { at: early, scheduledAt: early, runId: 'child' })).rejects.toMatchObject({
      code: 'AttemptSuperseded',
    });
    expect(await ledger().start('a', '2', { at: own, scheduledAt: own, runId: 'r2' })).toMatchObject({ status: 'granted' });
  });

  test('a commit of work that never began changes nothing', async () => {
    await ledger().reserve('a', 10, run('r1', false));
    await ledger().reserve('a', 10, run('r2', true));
    expect(await ledger().commit('a', cost(3), NOON, { runId: 'r1' })).toMatchObject({ state: 'held', chargedMicroUsd: 0 });
  });

  test('a settle ends nothing', async () => {
    await ledger().reserve('a', 10, run('r1', false));
    await ledger().reserve('a', 10, run('r2', false));
    await ledger().start('a', '1', { runId: 'r2' });
    expect(await ledger().settle('a', NOON + 1, { runId: 'r1', noTryBefore: NOON + 1 })).toMatchObject({
      state: 'held',
      chargedMicroUsd: 0,
    });
    expect(await ledger().finish('a', '1', cost(4))).toMatchObject({ isUnconfirmed: false });
    expect(await ledger().settle('a', NOON + 2, { runId: 'r2' })).toMatchObject({ state: 'committed', chargedMicroUsd: usd(4) });
  });
});
