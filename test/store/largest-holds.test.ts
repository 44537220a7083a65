import { MINUTE, NOON, onEveryStore, TTL } from './support';

onEveryStore('largest holds', (ledger) => {
  const keys = async (most = 10, budgetId = 'main') =>
    (await ledger().store.largestHolds(ledger().organizationId, budgetId, most)).map(({ key }) => key);

  it('are the open ones of a budget, by amount and then by key', async () => {
    await ledger().limit({ monthly: 100 });
    for (const [key, amount] of [
      ['b', 2],
      ['a', 2],
      ['c', 3],
      ['d', 1],
    ] as const)
      await ledger().reserve(key, amount);
    expect(await keys()).toEqual(['c', 'a', 'b', 'd']);
    expect(await keys(2)).toEqual(['c', 'a']);
    await ledger().release('c');
    expect(await keys()).toEqual(['a', 'b', 'd']);
  });

  it('are of that budget alone', async () => {
    await ledger().limit({ monthly: 100 }, { scope: { teamId: 'red' } });
    await ledger().reserve('red', 1, { call: ledger().call({ teamId: 'red' }) });
    await ledger().reserve('blue', 2, { call: ledger().call({ teamId: 'blue' }) });
    expect(await keys()).toEqual(['red']);
    expect(await keys(10, 'none')).toEqual([]);
  });

  it('are found after a sweep, and those that it expired are not', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('overdue', 5);
    await ledger().reserve('later', 1, { at: NOON + 5 * MINUTE });
    await ledger().expire(NOON + TTL);
    expect(await keys()).toEqual(['later']);
  });
});
