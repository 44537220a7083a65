import { cost, NOON, onEveryStore, TTL, usd } from './support';

onEveryStore('work that starts with its grant', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }));
  const reserve = (key: string) => ledger().reserve(key, 10, { startsWork: true });

  test('a release gives all of it back, its execution too (cancellation never releases)', async () => {
    await reserve('a');
    const receipt = await ledger().release('a');
    expect(receipt).toMatchObject({ state: 'released', chargedMicroUsd: 0, heldMicroUsd: 0, attempts: 0, isUnconfirmed: false });
    expect(await ledger().release('a')).toEqual(receipt);
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('a commit after the release is charged, marked late, its execution counted again', async () => {
    await reserve('a');
    await ledger().release('a');
    expect(await ledger().commit('a', cost(4))).toMatchObject({ state: 'committed', chargedMicroUsd: usd(4), isLate: true });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('a release after the expiry undoes what that assumed (blocked though nothing was spent); a commit after it is charged', async () => {
    await reserve('a');
    await ledger().expire(NOON + TTL);
    expect(await ledger().month()).toEqual({ spent: 10, held: 0, executions: 1 });
    const receipt = await ledger().release('a', null, NOON + TTL);
    expect(receipt).toMatchObject({ state: 'expired', chargedMicroUsd: 0, isUnconfirmed: false });
    expect(await ledger().release('a', null, NOON + TTL)).toEqual(receipt);
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
    expect(await ledger().commit('a', cost(4), NOON + TTL)).toMatchObject({ state: 'committed', chargedMicroUsd: usd(4), isLate: true });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('an attempt that was told of is charged all the same: it may have spent', async () => {
    await reserve('a');
    await ledger().start('a', '1', { runId: null });
    expect(await ledger().release('a')).toMatchObject({ state: 'committed', chargedMicroUsd: usd(10), isUnconfirmed: true });
    expect(await ledger().month()).toEqual({ spent: 10, held: 0, executions: 1 });
  });

  test('after a commit it cannot be released, and nothing moves', async () => {
    await reserve('a');
    await ledger().commit('a', cost(4));
    await expect(ledger().release('a')).rejects.toMatchObject({ code: 'HoldCommitted' });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });
});
