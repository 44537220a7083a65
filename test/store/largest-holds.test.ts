import type { HoldWindow } from '../../src/store/budget-store';
import { DAY, MINUTE, NOON, onEveryStore, TTL } from './support';

const MONTH_START = Date.UTC(new Date(NOON).getUTCFullYear(), new Date(NOON).getUTCMonth());
const TOMORROW = NOON + DAY;

onEveryStore('largest holds', (ledger) => {
  const keysIn = async (window: HoldWindow, most = 10) =>
    (await ledger().store.largestHolds(ledger().organizationId, window, most)).map(({ key }) => key);
  const keys = (most = 10, budgetId = 'main') => keysIn({ budgetId, periodStart: MONTH_START }, most);

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

  it('are of that month, or that day of it, alone', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('today', 9, { ttlMs: 60 * DAY });
    await ledger().reserve('tomorrow', 1, { at: TOMORROW, ttlMs: 60 * DAY });
    await ledger().reserve('next month', 2, { at: NOON + 31 * DAY });
    expect(await keys()).toEqual(['today', 'tomorrow']);
    expect(await keysIn({ budgetId: 'main', dayStart: TOMORROW - (TOMORROW % DAY) })).toEqual(['tomorrow']);
  });

  it('are found after a sweep, and those that it expired are not', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('overdue', 5);
    await ledger().reserve('later', 1, { at: NOON + 5 * MINUTE });
    await ledger().expire(NOON + TTL);
    expect(await keys()).toEqual(['later']);
  });
});
