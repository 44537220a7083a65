import { cost, KILLED, MINUTE, NOON, onEveryStore, TTL, usd } from './support';

onEveryStore('attempts', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }));

  test('a retry charges both tries (an aborted stream costs 0), and tops up to a full estimate', async () => {
    await ledger().reserve('a', 10);
    await ledger().start('a', '1');
    await ledger().finish('a', '1', { status: 'failed', costMicroUsd: usd(4) });
    expect(await ledger().month()).toEqual({ spent: 4, held: 6, executions: 1 });
    expect(await ledger().start('a', '2')).toMatchObject({ receipt: { heldMicroUsd: usd(10), reservedMicroUsd: usd(14) } });
    await ledger().finish('a', '2', cost(5));
    expect(await ledger().settle('a')).toMatchObject({ state: 'committed', chargedMicroUsd: usd(9), attempts: 2, overageMicroUsd: 0 });
    expect(await ledger().month()).toEqual({ spent: 9, held: 0, executions: 1 });
  });

  test('the same attempt told twice is one attempt; finished twice is one charge', async () => {
    await ledger().reserve('a', 10);
    const started = await ledger().start('a', '1');
    expect(await ledger().start('a', '1')).toEqual(started);
    const finished = await ledger().finish('a', '1', cost(4));
    expect(await ledger().finish('a', '1', cost(4))).toEqual(finished);
    await expect(ledger().finish('a', '1', cost(5))).rejects.toMatchObject({ code: 'KeyConflict' });
    await expect(ledger().finish('a', 'none', cost(5))).rejects.toMatchObject({ code: 'AttemptNotFound' });
    expect(await ledger().month()).toEqual({ spent: 4, held: 6, executions: 1 });
  });

  test.each([
    ['the next attempt', () => ledger().start('a', '2'), 10],
    ['settle', () => ledger().settle('a'), 0],
    ['release', () => ledger().release('a'), 0],
    ['expiry', () => ledger().expire(NOON + TTL), 0],
  ])('an open attempt is charged unconfirmed by %s; its late finish corrects once', async (_name, end, held) => {
    await ledger().reserve('a', 10);
    await ledger().start('a', '1');
    await end();
    expect(await ledger().month()).toEqual({ spent: 10, held, executions: 1 });
    expect(await ledger().finish('a', '1', cost(3))).toMatchObject({ chargedMicroUsd: usd(3), isUnconfirmed: false });
    expect(await ledger().finish('a', '1', cost(3))).toMatchObject({ chargedMicroUsd: usd(3) });
    await expect(ledger().finish('a', '1', cost(4))).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 3, held, executions: 1 });
  });

  test('an open attempt of another activity of the same run goes on, and each has an estimate held', async () => {
    await ledger().reserve('a', 10);
    await ledger().start('a', '1', { activityId: 'x' });
    expect(await ledger().start('a', '2', { activityId: 'y' })).toMatchObject({ receipt: { heldMicroUsd: usd(20), chargedMicroUsd: 0 } });
    await ledger().finish('a', '1', cost(15));
    expect(await ledger().month()).toEqual({ spent: 15, held: 10, executions: 1 });
    expect(await ledger().settle('a')).toMatchObject({ chargedMicroUsd: usd(25), overageMicroUsd: usd(5) });
  });

  test('an open attempt of an earlier run is charged, whatever its activity', async () => {
    await ledger().reserve('a', 10);
    await ledger().start('a', '1', { activityId: 'x', runId: 'r1' });
    expect(await ledger().start('a', '2', { activityId: 'y', runId: 'r2' })).toMatchObject({ receipt: { chargedMicroUsd: usd(10) } });
  });

  test('a top-up that does not fit is denied; what was spent stays charged', async () => {
    await ledger().reserve('other', 85);
    await ledger().reserve('a', 10);
    await ledger().start('a', '1');
    const denied = { status: 'denied', denial: { code: 'monthly_cost', requested: usd(10), available: usd(5) } };
    expect(await ledger().start('a', '2')).toMatchObject(denied);
    expect(await ledger().month()).toEqual({ spent: 10, held: 85, executions: 2 });
    expect(await ledger().settle('a')).toMatchObject({ state: 'committed', chargedMicroUsd: usd(10), attempts: 1 });
  });

  test('a top-up counts no execution', async () => {
    await ledger().limit({ monthly: 100, monthlyExecutions: 1 });
    await ledger().reserve('a', 10);
    await ledger().start('a', '1');
    expect((await ledger().start('a', '2')).status).toBe('granted');
    expect((await ledger().month()).executions).toBe(1);
  });

  test('startAttempt after expiry decides anew: granted and counted again, or denied', async () => {
    await ledger().reserve('a', 60);
    await ledger().start('a', '1');
    await ledger().expire(NOON + TTL);
    await ledger().limit({ monthly: 120 });
    expect(await ledger().start('a', '2', { at: NOON + TTL + 1 })).toMatchObject({ status: 'granted', receipt: { state: 'held' } });
    expect(await ledger().month()).toEqual({ spent: 60, held: 60, executions: 2 });
    expect(await ledger().start('a', '3', { at: NOON + TTL + 2 })).toMatchObject({ status: 'denied', denial: { available: 0 } });
    expect(await ledger().settle('a')).toMatchObject({ chargedMicroUsd: usd(120) });
    expect(await ledger().start('a', '4', { at: NOON + TTL + 3 })).toMatchObject({ status: 'denied' });
    expect(await ledger().month()).toEqual({ spent: 120, held: 0, executions: 2 });
  });

  test('an overdue hold never causes a denial: it is expired first, its open attempt charged', async () => {
    await ledger().reserve('idle', 60);
    await ledger().reserve('busy', 40);
    await ledger().start('busy', '1');
    expect((await ledger().reserve('too-early', 60, { at: NOON + TTL - 1 })).status).toBe('denied');
    expect((await ledger().reserve('b', 60, { at: NOON + TTL })).status).toBe('granted');
    expect(await ledger().month()).toEqual({ spent: 40, held: 60, executions: 2 });
    expect(await ledger().store.hold(ledger().organizationId, 'idle')).toMatchObject({ state: 'expired' });
  });

  test('an overdue hold blocks no execution and no top-up either', async () => {
    await ledger().limit({ monthly: 100, monthlyExecutions: 2 });
    await ledger().reserve('idle', 80);
    await ledger().reserve('a', 20, { ttlMs: 10 * TTL });
    await ledger().start('a', '1');
    expect((await ledger().start('a', '2', { at: NOON + TTL })).status).toBe('granted');
    expect((await ledger().reserve('c', 1, { at: NOON + TTL })).status).toBe('granted');
  });

  test.each([
    ['given back when nothing started (failure before the first chunk)', false, { spent: 0, held: 0, executions: 0 }],
    ['kept when an attempt started', true, { spent: 10, held: 0, executions: 1 }],
  ])('the execution is %s, by release and expiry alike', async (_name, isStarted, balance) => {
    await ledger().reserve('a', 10);
    if (isStarted) await ledger().start('a', '1');
    await ledger().release('a');
    expect(await ledger().month()).toEqual(balance);
    await ledger().reserve('b', 10);
    if (isStarted) await ledger().start('b', '1');
    await ledger().expire(NOON + TTL);
    expect(await ledger().month()).toEqual({ ...balance, spent: 2 * balance.spent, executions: 2 * balance.executions });
  });

  test('startsWork: expiry charges what started with the grant, and a commit corrects it', async () => {
    await ledger().reserve('a', 10, { startsWork: true });
    await ledger().expire(NOON + TTL);
    expect(await ledger().month()).toEqual({ spent: 10, held: 0, executions: 1 });
    expect(await ledger().commit('a', cost(4), NOON + TTL + 1)).toMatchObject({ chargedMicroUsd: usd(4), attempts: 1, isLate: true });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('extend prolongs by the TTL, never shortens, and tells when the hold has lapsed', async () => {
    await ledger().reserve('a', 10);
    expect(await ledger().extend('a', NOON + MINUTE)).toMatchObject({ status: 'held', receipt: { expiresAt: NOON + MINUTE + TTL } });
    expect(await ledger().extend('a', NOON)).toMatchObject({ status: 'held', receipt: { expiresAt: NOON + MINUTE + TTL } });
    expect(await ledger().expire(NOON + TTL)).toEqual({ expired: 0, isComplete: true });
    expect(await ledger().expire(NOON + TTL + MINUTE)).toEqual({ expired: 1, isComplete: true });
    expect(await ledger().extend('a', NOON + TTL + MINUTE)).toMatchObject({ status: 'lapsed' });
    await expect(ledger().extend('none')).rejects.toMatchObject({ code: 'HoldNotFound' });
  });

  test('a hold made after a sweep with an earlier end is still found', async () => {
    await ledger().expire(NOON + 5 * TTL);
    await ledger().reserve('a', 100);
    expect((await ledger().reserve('b', 100, { at: NOON + TTL })).status).toBe('granted');
    expect(await ledger().store.sweepableOrganizations(NOON + 2 * TTL)).toContain(ledger().organizationId);
    await ledger().expire(NOON + 2 * TTL);
    expect(await ledger().store.sweepableOrganizations(NOON + 2 * TTL)).not.toContain(ledger().organizationId);
  });

  test('a sweep takes pages, and hides nothing until it is complete', async () => {
    const reserves = Array.from({ length: 1_100 }, (_, n) => ledger().reserveOf(`k${String(n)}`, 0.01));
    await ledger().store.applyBatch(ledger().organizationId, reserves);
    expect(await ledger().expire(NOON + TTL)).toEqual({ expired: 500, isComplete: false });
    expect(await ledger().store.sweepableOrganizations(NOON + TTL)).toContain(ledger().organizationId);
    expect((await ledger().reserve('all', 100, { at: NOON + TTL })).status).toBe('granted');
    expect(await ledger().expire(NOON + TTL)).toEqual({ expired: 0, isComplete: true });
    expect(await ledger().month()).toEqual({ spent: 0, held: 100, executions: 1 });
  });

  test('policy unconfirmedCost zero: an open attempt that nobody finishes costs 0, flagged', async () => {
    await ledger().policy({ unconfirmedCost: 'zero' });
    await ledger().reserve('a', 10);
    await ledger().start('a', '1');
    expect(await ledger().settle('a')).toMatchObject({ chargedMicroUsd: 0, isUnconfirmed: true });
    expect(await ledger().finish('a', '1', KILLED)).toMatchObject({ chargedMicroUsd: 0, isUnconfirmed: true });
    expect(await ledger().finish('a', '1', cost(3))).toMatchObject({ chargedMicroUsd: usd(3) });
  });
});
