import { cost, DAY, MINUTE, NOON, onEveryStore, usd } from './support';

const LONG = { ttlMs: 60 * DAY };
const LAST = Date.UTC(2026, 2, 31, 23, 59);
const NEXT = Date.UTC(2026, 3, 1);

onEveryStore('the turn of day and month', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100, daily: 20 }));

  test('a hold straddles the reset: it settles in the month it was made in', async () => {
    await ledger().reserve('a', 10, { at: LAST, ...LONG });
    expect((await ledger().reserve('b', 20, { at: NEXT })).status).toBe('granted');
    await ledger().commit('a', cost(15), NEXT + MINUTE);
    expect(await ledger().month(LAST)).toEqual({ spent: 15, held: 0, executions: 1 });
    expect(await ledger().month(NEXT)).toEqual({ spent: 0, held: 20, executions: 1 });
    expect(await ledger().day(NEXT)).toEqual({ spent: 0, held: 20, executions: 1, start: NEXT });
  });

  test('a top-up after the month turned goes into the month of the hold', async () => {
    await ledger().reserve('a', 10, { at: LAST, ...LONG });
    await ledger().start('a', '1', { at: LAST });
    expect((await ledger().start('a', '2', { at: NEXT + MINUTE })).status).toBe('granted');
    expect(await ledger().month(LAST)).toEqual({ spent: 10, held: 10, executions: 1 });
    expect(await ledger().month(NEXT)).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('day limits start anew each day, and the month goes on', async () => {
    await ledger().reserve('a', 20);
    expect(await ledger().reserve('b', 1)).toMatchObject({ status: 'denied', denial: { code: 'daily_cost' } });
    expect((await ledger().reserve('c', 20, { at: NOON + DAY })).status).toBe('granted');
    expect(await ledger().day()).toMatchObject({ held: 20, executions: 1 });
    expect(await ledger().month()).toEqual({ spent: 0, held: 40, executions: 2 });
  });

  test("yesterday's hold settles in its month and leaves today's counters alone (the month's reset wipes the day)", async () => {
    await ledger().reserve('a', 20, LONG);
    await ledger().reserve('b', 5, { at: NOON + DAY, ...LONG });
    await ledger().commit('a', cost(18), NOON + DAY);
    expect(await ledger().day()).toMatchObject({ spent: 0, held: 5, executions: 1 });
    expect(await ledger().month()).toEqual({ spent: 18, held: 5, executions: 2 });
    await ledger().release('b', null, NOON + 2 * DAY);
    expect(await ledger().day()).toMatchObject({ spent: 0, held: 0, executions: 0 });
  });

  test('a straggler whose day has passed never turns the day back', async () => {
    await ledger().reserve('today', 5, { at: NOON + DAY, ...LONG });
    await ledger().reserve('straggler', 5, LONG);
    expect((await ledger().day()).start).toBe(Date.UTC(2026, 2, 11));
    await ledger().commit('straggler', cost(5));
    expect(await ledger().month()).toEqual({ spent: 5, held: 5, executions: 2 });
  });

  test('a straggler of last month finds or makes its own row, and the running month stays as it is', async () => {
    await ledger().reserve('now', 5, { at: NEXT });
    await ledger().reserve('late', 7, { at: LAST });
    await ledger().commit('late', cost(6), NEXT);
    expect(await ledger().month(LAST)).toEqual({ spent: 6, held: 0, executions: 1 });
    expect(await ledger().month(NEXT)).toEqual({ spent: 0, held: 5, executions: 1 });
  });

  test('a top-up on the next day holds in both the month and the day that runs', async () => {
    await ledger().reserve('a', 10, LONG);
    await ledger().start('a', '1');
    await ledger().start('a', '2', { at: NOON + DAY });
    expect(await ledger().day()).toMatchObject({ held: 10, start: Date.UTC(2026, 2, 11) });
    await ledger().finish('a', '2', cost(4), NOON + DAY);
    expect(await ledger().settle('a', NOON + DAY)).toMatchObject({ chargedMicroUsd: usd(14) });
    expect(await ledger().day()).toMatchObject({ held: 0 });
    expect(await ledger().month()).toEqual({ spent: 14, held: 0, executions: 1 });
  });

  test('two resetters at once: the first calls of a month meet in one row', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, call) => ledger().reserve(`k${String(call)}`, 1, { at: NEXT + call })));
    expect((await ledger().balances()).map(({ period }) => period.start)).toEqual([Date.UTC(2026, 2, 1), NEXT]);
    expect(await ledger().month(NEXT)).toEqual({ spent: 0, held: 20, executions: 20 });
  });

  test('a zone ahead of UTC: months and days turn at its midnight (months are UTC whatever the zone says)', async () => {
    await ledger().limit({ monthly: 10 }, { budgetId: 'tokyo', timeZone: 'Asia/Tokyo' });
    const turn = Date.UTC(2026, 2, 31, 15);
    await ledger().reserve('a', 10, { at: turn - 1 });
    expect((await ledger().reserve('b', 10, { at: turn })).status).toBe('granted');
    expect((await ledger().balances('tokyo')).map(({ period }) => period.end)).toEqual([turn, Date.UTC(2026, 3, 30, 15)]);
  });

  test('a change of zone or anchor day applies when the running row ends: rows neither overlap nor leave a gap', async () => {
    await ledger().reserve('a', 10);
    await ledger().limit({ monthly: 100 }, { timeZone: 'America/New_York', anchorDay: 15 });
    await ledger().reserve('b', 10, { at: NOON + 10 * DAY });
    await ledger().reserve('c', 10, { at: NEXT });
    const [first, second] = await ledger().balances();
    expect(first?.month.executions).toBe(2);
    expect(second?.period).toEqual({ start: first?.period.end, end: Date.UTC(2026, 3, 15, 4) });
  });
});
