import { cost, KILLED, NOON, onEveryStore, TTL, usd } from './support';

const first = { at: NOON + 1_000, scheduledAt: NOON + 1_000 };
const second = { at: NOON + 20_000, scheduledAt: NOON + 20_000 };
const superseded = { code: 'AttemptSuperseded' };

// A worker that was frozen for longer than its heartbeats begins, when it wakes, tries that others have followed.
onEveryStore('attempts that come too late', (ledger) => {
  beforeEach(async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('a', 10);
  });

  const refused = async (attemptId: string, more: Parameters<ReturnType<typeof ledger>['start']>[2]) => {
    const before = [await ledger().month(), await ledger().store.hold(ledger().organizationId, 'a')];
    await expect(ledger().start('a', attemptId, more)).rejects.toMatchObject(superseded);
    expect([await ledger().month(), await ledger().store.hold(ledger().organizationId, 'a')]).toEqual(before);
  };

  test('a try is refused while a later one runs, and does not end it', async () => {
    await ledger().start('a', '2', second);
    await refused('1', first);
    expect(await ledger().finish('a', '2', cost(4))).toMatchObject({ chargedMicroUsd: usd(4), isUnconfirmed: false });
  });

  test('a try is refused after a later one has settled the hold along with its charge', async () => {
    await ledger().start('a', '2', second);
    await ledger().finish('a', '2', cost(4));
    await ledger().settle('a');
    await refused('1', first);
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('a try is refused that was scheduled before the work was over, where none ever began', async () => {
    expect(await ledger().settle('a', NOON + 60_000, { noTryBefore: NOON + 60_000 })).toMatchObject({ state: 'released' });
    await refused('2', second);
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('the same under a hold that had expired, with work under it or without', async () => {
    await ledger().reserve('b', 10);
    await ledger().start('b', '1', first);
    await ledger().expire(NOON + 2 * TTL);
    for (const key of ['a', 'b']) {
      await ledger().settle(key, NOON + 2 * TTL, { noTryBefore: NOON + 2 * TTL });
      await expect(ledger().start(key, '2', second)).rejects.toMatchObject(superseded);
    }
    expect(await ledger().month()).toEqual({ spent: 10, held: 0, executions: 1 });
  });

  test('the same for a try of the run before a Reset, and after a settle that comes late and says less', async () => {
    await ledger().start('a', '1', { ...second, runId: 'reset' });
    await ledger().finish('a', '1', cost(4));
    await ledger().settle('a', NOON + 30_000, { noTryBefore: second.scheduledAt });
    await ledger().settle('a', NOON + 40_000, { noTryBefore: first.scheduledAt });
    await ledger().settle('a', NOON + 50_000);
    await refused('2', first);
  });

  test('a try whose start was told, and its answer lost, is refused once a later one has begun and expired', async () => {
    await ledger().start('a', '1', first);
    await ledger().start('a', '2', second);
    await ledger().expire(NOON + 2 * TTL);
    await refused('1', first);
  });

  test('a try is refused once a later run has taken its key over', async () => {
    const run = (runId: string) => ({ run: { runId, firstExecutionRunId: 'r1' } });
    await ledger().reserve('b', 10, run('r1'));
    await ledger().reserve('b', 10, run('r2'));
    await expect(ledger().start('b', '1', { ...first, runId: 'r1' })).rejects.toMatchObject(superseded);
    expect(await ledger().start('b', '1', { ...second, runId: 'r2' })).toMatchObject({ status: 'granted' });
  });

  test('what ran all the same is charged, once: a late finish of a try that had begun', async () => {
    await ledger().start('a', '1', first);
    await ledger().start('a', '2', second);
    await ledger().finish('a', '2', cost(4));
    await ledger().settle('a', NOON + 30_000, { noTryBefore: NOON + 30_000 });
    expect(await ledger().finish('a', '1', cost(3))).toMatchObject({ chargedMicroUsd: usd(3) });
    expect(await ledger().finish('a', '1', cost(3))).toMatchObject({ chargedMicroUsd: usd(3) });
    expect((await ledger().month()).spent).toBe(7);
  });

  test.each([
    ['a later try, when the answer of one that settled is lost', { ...second }],
    ['a try of another activity that was scheduled before', { at: NOON, scheduledAt: NOON, activityId: 'other' }],
    ['a try of another run that was scheduled before, as a child workflow', { at: NOON, scheduledAt: NOON, runId: 'other' }],
    ['a try scheduled in the same millisecond', { ...first, at: NOON + 2_000 }],
  ])('not refused: %s', async (_name, more) => {
    await ledger().start('a', '1', first);
    await ledger().finish('a', '1', cost(4));
    await ledger().settle('a');
    expect(await ledger().start('a', '2', more)).toMatchObject({ status: 'granted', receipt: { state: 'held', heldMicroUsd: usd(10) } });
  });

  test.each([
    ['of the same run: its settle landed, and a signal had it go on before that was recorded', 'run'],
    ['of a Reset', 'reset'],
  ])('not refused: what is scheduled after the work was over, %s', async (_name, runId) => {
    await ledger().start('a', '1', first);
    await ledger().finish('a', '1', KILLED);
    const over = NOON + 30_000;
    await ledger().settle('a', over, { noTryBefore: over });
    expect(await ledger().start('a', '2', { at: over, scheduledAt: over, runId })).toMatchObject({ status: 'granted' });
    await ledger().finish('a', '2', cost(4));
    expect(await ledger().settle('a', NOON + 60_000, { noTryBefore: NOON + 60_000 })).toMatchObject({ state: 'committed', attempts: 2 });
    await refused('3', { at: over + 1, scheduledAt: over + 1, runId });
  });
});
