import { cost, FAILED, KILLED, NOON, onEveryStore, TTL, UNKNOWN_COST, usd } from './support';

onEveryStore('settlement', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }));

  test('30: reserve 50 of 100, commit 48: available 52', async () => {
    await ledger().reserve('a', 50);
    expect(await ledger().commit('a', cost(48))).toMatchObject({ state: 'committed', chargedMicroUsd: usd(48), heldMicroUsd: 0 });
    expect(await ledger().reserve('b', 52.01)).toMatchObject({ status: 'denied', denial: { available: usd(52) } });
    expect(await ledger().reserve('c', 52)).toMatchObject({ status: 'granted' });
    expect(await ledger().month()).toEqual({ spent: 48, held: 52, executions: 2 });
  });

  test('31: reserve 100 of 100, commit 200: available -100, shown as 0; overage 100 kept and shown', async () => {
    await ledger().reserve('a', 100);
    expect(await ledger().commit('a', cost(200))).toMatchObject({ chargedMicroUsd: usd(200), overageMicroUsd: usd(100), isLate: false });
    expect(await ledger().month()).toEqual({ spent: 200, held: 0, executions: 1 });
    expect(await ledger().reserve('b', 1)).toMatchObject({ status: 'denied', denial: { available: 0, spent: usd(200) } });
  });

  test('32: commit twice, same id: one charge, the same answer; another amount: a named conflict (a cost is logged twice)', async () => {
    await ledger().reserve('a', 50);
    const receipt = await ledger().commit('a', cost(20));
    expect(await ledger().commit('a', cost(20), NOON + 5)).toEqual(receipt);
    await expect(ledger().commit('a', cost(21))).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 20, held: 0, executions: 1 });
  });

  test('33: a double release is a no-op', async () => {
    await ledger().reserve('a', 50);
    const receipt = await ledger().release('a');
    expect(receipt).toMatchObject({ state: 'released', heldMicroUsd: 0, chargedMicroUsd: 0 });
    expect(await ledger().release('a', null, NOON + 5)).toEqual(receipt);
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('33: release after commit: a named conflict, nothing moves', async () => {
    await ledger().reserve('a', 50);
    await ledger().commit('a', cost(20));
    await expect(ledger().release('a')).rejects.toMatchObject({ code: 'HoldCommitted' });
    expect(await ledger().month()).toEqual({ spent: 20, held: 0, executions: 1 });
  });

  test('33: commit after release: charged, marked late, its execution counted again', async () => {
    await ledger().reserve('a', 50);
    await ledger().release('a');
    expect(await ledger().commit('a', cost(20))).toMatchObject({ state: 'committed', chargedMicroUsd: usd(20), isLate: true });
    expect(await ledger().month()).toEqual({ spent: 20, held: 0, executions: 1 });
  });

  test('34: a retried reserve, same id, same body: one hold, the same answer', async () => {
    const answer = await ledger().reserve('a', 50);
    expect(await ledger().reserve('a', 50, { at: NOON + 5 })).toEqual(answer);
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 1 });
  });

  test('34: the same reserve ten times at once is one hold', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ledger().reserve('a', 50)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.receipt))).size).toBe(1);
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 1 });
  });

  test('35: reserve twice, same id, another amount: a named conflict', async () => {
    await ledger().reserve('a', 50);
    await expect(ledger().reserve('a', 51)).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 1 });
  });

  test.each([
    ['-1 (a negative cost is a credit)', -1],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['half a micro-USD', 0.5],
  ])('36: commit %s: rejected; the hold stays', async (_name, amount) => {
    await ledger().reserve('a', 50);
    const outcome = { status: 'succeeded', costMicroUsd: amount as ReturnType<typeof usd> } as const;
    await expect(ledger().commit('a', outcome)).rejects.toMatchObject({ code: 'InvalidAmount' });
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 1 });
    expect(await ledger().commit('a', cost(1))).toMatchObject({ state: 'committed' });
  });

  test('37: commit 0: charged 0, not the estimate (the actual is always the estimate)', async () => {
    await ledger().reserve('a', 50);
    expect(await ledger().commit('a', cost(0))).toMatchObject({ state: 'committed', chargedMicroUsd: 0, isUnconfirmed: false });
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 1 });
  });

  test('38: cost unknown (null): settled at the estimate and flagged, never 0 (an unpriced model costs 0)', async () => {
    await ledger().reserve('a', 50);
    expect(await ledger().commit('a', UNKNOWN_COST)).toMatchObject({ chargedMicroUsd: usd(50), isUnconfirmed: true });
    expect(await ledger().month()).toEqual({ spent: 50, held: 0, executions: 1 });
  });

  test('39: hold expires, then its commit arrives: charged, marked late', async () => {
    await ledger().reserve('a', 50);
    expect(await ledger().expire(NOON + TTL)).toEqual({ expired: 1, isComplete: true });
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
    expect(await ledger().commit('a', cost(60), NOON + TTL + 1)).toMatchObject({
      state: 'committed',
      chargedMicroUsd: usd(60),
      overageMicroUsd: usd(10),
      isLate: true,
    });
    expect(await ledger().month()).toEqual({ spent: 60, held: 0, executions: 1 });
  });

  test('40: execution failed after the agent reported a cost: that cost is charged', async () => {
    await ledger().reserve('a', 50);
    await ledger().start('a', 'one');
    const finished = await ledger().finish('a', 'one', { status: 'failed', costMicroUsd: usd(7) });
    expect(finished).toMatchObject({ chargedMicroUsd: usd(7), isUnconfirmed: false });
    expect(await ledger().settle('a')).toMatchObject({ state: 'committed', chargedMicroUsd: usd(7) });
  });

  test.each([
    ['0 by default', 'zero', 0, false],
    ['the estimate by policy', 'estimate', 50, true],
  ] as const)('41: the provider reported a failure and no cost: %s', async (_name, failedCost, charged, isUnconfirmed) => {
    await ledger().policy({ failedCost });
    await ledger().reserve('a', 50);
    await ledger().start('a', 'one');
    expect(await ledger().finish('a', 'one', FAILED)).toMatchObject({ chargedMicroUsd: usd(charged), isUnconfirmed });
    await ledger().settle('a');
    expect(await ledger().month()).toEqual({ spent: charged, held: 0, executions: 1 });
  });

  test.each([
    ['the estimate (a time-out after the work was done is recorded as 0)', 'estimate', 50],
    ['0 by policy', 'zero', 0],
  ] as const)('42: killed: %s, flagged; a later cost corrects it once', async (_name, unconfirmedCost, charged) => {
    await ledger().policy({ unconfirmedCost });
    await ledger().reserve('a', 50);
    await ledger().start('a', 'one');
    expect(await ledger().finish('a', 'one', KILLED)).toMatchObject({ chargedMicroUsd: usd(charged), isUnconfirmed: true });
    expect(await ledger().settle('a')).toMatchObject({ isUnconfirmed: true, chargedMicroUsd: usd(charged) });
    expect(await ledger().finish('a', 'one', cost(8))).toMatchObject({ chargedMicroUsd: usd(8), isUnconfirmed: false });
    expect(await ledger().finish('a', 'one', cost(8))).toMatchObject({ chargedMicroUsd: usd(8) });
    await expect(ledger().finish('a', 'one', cost(9))).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().finish('a', 'one', KILLED)).toMatchObject({ chargedMicroUsd: usd(8), isUnconfirmed: false });
    expect(await ledger().month()).toEqual({ spent: 8, held: 0, executions: 1 });
  });

  test('a charge without hold: counted, denied by nobody, one charge per key', async () => {
    const receipt = await ledger().charge('a', 150);
    expect(receipt).toMatchObject({ state: 'committed', chargedMicroUsd: usd(150), heldMicroUsd: 0 });
    expect(await ledger().charge('a', 150)).toEqual(receipt);
    await expect(ledger().charge('a', 151)).rejects.toMatchObject({ code: 'KeyConflict' });
    await expect(ledger().reserve('a', 1)).rejects.toMatchObject({ code: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 150, held: 0, executions: 1 });
    expect((await ledger().reserve('b', 1)).status).toBe('denied');
  });
});
