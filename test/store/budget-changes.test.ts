import type { TemporaryRaise } from '../../src/domain/budget';
import { DAY, Ledger, MINUTE, NOON, onEveryStore, usd } from './support';

const APRIL = Date.UTC(2026, 3, 1);
const MAY = Date.UTC(2026, 4, 1);
const ROLLOVER = { rolloverPercent: 25 };

function raiseOf(monthly: number, until: number | null, more: Partial<TemporaryRaise> = {}): { raise: TemporaryRaise } {
  return { raise: { monthlyMicroUsd: usd(monthly), dailyMicroUsd: usd(0), monthlyExecutions: 0, dailyExecutions: 0, until, ...more } };
}

onEveryStore('a budget that is changed in mid-period', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }, ROLLOVER));

  /** What the next reserve of too much is told: limit and available. */
  async function asked(at: number, key = `ask-${String(at)}`) {
    const answer = await ledger().reserve(key, 1e6, { at });
    if (answer.status !== 'denied') throw new Error(`${key} was not denied`);
    return { limit: answer.denial.limit / 1e6, available: answer.denial.available / 1e6 };
  }

  test.each([
    ['raised', 150, 90],
    ['lowered', 70, 10],
    ['lowered below what is spent: nothing is available, never less', 50, 0],
    ['0, which is a limit (a cap of 0 means unlimited)', 0, 0],
  ])(
    'a limit keeps the spend and counts on the next reserve (applying configuration zeroes usage): %s',
    async (_name, limit, available) => {
      await ledger().charge('a', 50);
      await ledger().reserve('b', 10);
      await ledger().limit({ monthly: limit }, { ...ROLLOVER, at: NOON + MINUTE });
      expect(await asked(NOON + MINUTE)).toEqual({ limit, available });
      expect(await ledger().month()).toEqual({ spent: 50, held: 10, executions: 2 });
      await ledger().close(APRIL);
      expect(await ledger().statements()).toMatchObject([{ limitMicroUsd: usd(limit), spentMicroUsd: usd(50) }]);
    },
  );

  test('changed after the month ended, before anybody touched the new one: the ended month keeps its limit and its carry-over', async () => {
    await ledger().charge('a', 80);
    await ledger().limit({ monthly: 40 }, { at: APRIL + DAY });
    expect(await asked(APRIL + DAY)).toEqual({ limit: 60, available: 60 });
    await ledger().close(MAY);
    expect(await ledger().statements()).toMatchObject([
      { limitMicroUsd: usd(100), carriedOutMicroUsd: usd(20) },
      { limitMicroUsd: usd(40), carriedInMicroUsd: usd(20), carriedOutMicroUsd: 0 },
    ]);
  });

  test('changed after idle months: they were what they would have been, had somebody closed them in time', async () => {
    await ledger().limit({ monthly: 40 }, { at: Date.UTC(2026, 6, 10), timeZone: 'Asia/Tokyo', anchorDay: 15, ...raiseOf(5, null) });
    await ledger().close(Date.UTC(2026, 6, 20));
    const idle = { timeZone: 'UTC', limitMicroUsd: usd(100), raisedMicroUsd: 0, carriedOutMicroUsd: usd(25) };
    expect(await ledger().statements()).toMatchObject([idle, idle, idle, idle]);
    expect((await ledger().balances()).map(({ period }) => new Date(period.start).getUTCDate())).toEqual([1, 1, 1, 1, 1]);
  });

  test('removed after idle months: they are closed all the same', async () => {
    await ledger().store.removeBudget(ledger().organizationId, 'main', Date.UTC(2026, 6, 10));
    expect(await ledger().close(Date.UTC(2026, 8, 1))).toEqual({ closed: 5, isComplete: true });
    expect(await ledger().statements()).toHaveLength(5);
  });

  test.each([
    ['another zone', { timeZone: 'Asia/Tokyo' }, Date.UTC(2026, 3, 30, 15)],
    ['another anchor day', { anchorDay: 15 }, Date.UTC(2026, 3, 15)],
    ['both', { timeZone: 'America/New_York', anchorDay: 31 }, Date.UTC(2026, 3, 30, 4)],
  ])('%s: it counts when the running period ends, and the spend stays', async (_name, change, end) => {
    await ledger().charge('a', 50);
    const [before] = await ledger().balances();
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, ...change, at: NOON + MINUTE });
    expect(await ledger().balances()).toEqual([before]);
    expect(await ledger().reserve('b', 51, { at: APRIL - 1 })).toMatchObject({ status: 'denied', denial: { resetsAt: APRIL } });
    expect(await ledger().reserve('c', 126, { at: APRIL })).toMatchObject({ status: 'denied', denial: { resetsAt: end } });
    await ledger().close(APRIL);
    expect((await ledger().balances()).map(({ period }) => period)).toEqual([before?.period, { start: APRIL, end }]);
  });

  test('a raise that ends at a time is effective at once, and ends by itself', async () => {
    await ledger().charge('a', 100);
    const until = NOON + 2 * DAY;
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, ...raiseOf(50, until) });
    expect(await asked(NOON)).toEqual({ limit: 150, available: 50 });
    expect(await asked(until - 1)).toEqual({ limit: 150, available: 50 });
    expect(await asked(until)).toEqual({ limit: 100, available: 0 });
  });

  test('a raise that names no end is over with the period that runs', async () => {
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, ...raiseOf(50, null) });
    const kept = await ledger().store.budget(ledger().organizationId, 'main');
    expect(kept?.raise?.until).toBe(APRIL);
    expect((await asked(APRIL - 1)).limit).toBe(150);
    expect((await asked(APRIL)).limit).toBe(125);
  });

  test('a raise is shown and carried over by nobody', async () => {
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, ...raiseOf(50, null) });
    await ledger().charge('a', 90);
    await ledger().close(APRIL);
    expect(await ledger().statements()).toMatchObject([
      { limitMicroUsd: usd(100), raisedMicroUsd: usd(50), spentMicroUsd: usd(90), carriedOutMicroUsd: usd(10) },
    ]);
    expect((await asked(APRIL)).limit).toBe(110);
  });

  test('the highest of several raises is shown, also one that ended in the month it ran into, whoever looks when', async () => {
    const until = APRIL + 5 * DAY;
    await ledger().limit({ monthly: 100 }, raiseOf(50, until));
    await ledger().limit({ monthly: 100 }, { ...raiseOf(30, until), at: NOON + DAY });
    await ledger().charge('late', 1, { at: until + DAY });
    await ledger().close(MAY);
    expect((await ledger().statements()).map(({ raisedMicroUsd }) => raisedMicroUsd)).toEqual([usd(50), usd(30)]);
  });

  test('a raise that ended before it was put is none', async () => {
    await ledger().limit({ monthly: 100 }, { budgetId: 'new', ...raiseOf(50, NOON) });
    expect(await ledger().store.budget(ledger().organizationId, 'new')).toMatchObject({ raise: null });
    expect(await ledger().balances('new')).toMatchObject([{ raisedMicroUsd: 0 }]);
  });

  test('a raise of executions and of the day', async () => {
    await ledger().limit({ daily: 5, dailyExecutions: 1 }, raiseOf(0, null, { dailyMicroUsd: usd(5), dailyExecutions: 1 }));
    expect((await ledger().reserve('a', 4)).status).toBe('granted');
    expect((await ledger().reserve('b', 6)).status).toBe('granted');
    expect(await ledger().reserve('c', 0)).toMatchObject({ status: 'denied', denial: { code: 'daily_executions', limit: 2 } });
  });

  test('a removed budget limits nobody, and keeps its spend if it is made again in the same month', async () => {
    await ledger().charge('a', 60);
    const remove = (at: number) => ledger().store.removeBudget(ledger().organizationId, 'main', at);
    expect([await remove(NOON), await remove(NOON)]).toEqual([true, false]);
    expect(await ledger().reserve('b', 1000)).toMatchObject({ status: 'granted', decision: { isUnbudgeted: true } });
    await ledger().limit({ monthly: 80 }, { at: NOON + DAY });
    expect(await asked(NOON + DAY)).toEqual({ limit: 80, available: 20 });
    expect(await ledger().month()).toEqual({ spent: 60, held: 0, executions: 1 });
  });

  test('made again in a later month it begins anew: it has left nothing unused', async () => {
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, at: APRIL + DAY });
    expect((await asked(APRIL + DAY)).limit).toBe(100);
    expect((await asked(MAY)).limit).toBe(125);
  });

  test('the months in which it was gone had no limit, and hand nothing on', async () => {
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    await ledger().limit({ monthly: 80 }, { ...ROLLOVER, ...raiseOf(50, null), at: Date.UTC(2026, 5, 5) });
    await ledger().close(Date.UTC(2026, 6, 1));
    const told = (await ledger().statements()).map(({ limitMicroUsd, raisedMicroUsd, carriedInMicroUsd }) => [
      limitMicroUsd,
      raisedMicroUsd,
      carriedInMicroUsd,
    ]);
    expect(told).toEqual([
      [usd(100), 0, 0],
      [null, 0, 0],
      [null, 0, 0],
      [usd(80), usd(50), 0],
    ]);
  });

  test('a raise for the period does not end under work that straddles its end', async () => {
    await ledger().limit({ monthly: 100 }, raiseOf(50, null));
    await ledger().charge('spent', 90);
    await ledger().reserve('a', 20, { at: APRIL - MINUTE });
    await ledger().start('a', '1', { at: APRIL - MINUTE });
    await ledger().finish('a', '1', { status: 'failed', costMicroUsd: usd(5) }, APRIL);
    expect((await ledger().start('a', '2', { at: APRIL + MINUTE })).status).toBe('granted');
  });

  test('the rest of a month that a change of zone cut off hands on nothing', async () => {
    await ledger().charge('a', 100);
    await ledger().limit({ monthly: 100 }, { ...ROLLOVER, timeZone: 'America/New_York' });
    await ledger().charge('b', 0, { at: APRIL + MINUTE });
    await ledger().charge('c', 0, { at: APRIL + 5 * DAY });
    expect((await ledger().balances()).map(({ carriedInMicroUsd }) => carriedInMicroUsd)).toEqual([0, 0, 0]);
  });

  test('holds of a removed budget settle in it', async () => {
    await ledger().reserve('a', 10);
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    await ledger().commit('a', { status: 'succeeded', costMicroUsd: usd(12) });
    expect(await ledger().month()).toEqual({ spent: 12, held: 0, executions: 1 });
  });

  test('a change of one organization touches no other of the same budget id', async () => {
    const other = new Ledger(ledger().store);
    await other.limit({ monthly: 1 });
    expect((await ledger().reserve('a', 100)).status).toBe('granted');
    expect(await other.audit()).toEqual([]);
  });
});
