import { budgetStatus } from '../../src/store/reports';
import { cost, DAY, MINUTE, NOON, onEveryStore, usd } from './support';

const LONG = { ttlMs: 60 * DAY };
const BERLIN = { timeZone: 'Europe/Berlin', rolloverPercent: 25 };
/** 23:59:59 of March 31 in Berlin, the first instant of its April, and its reset. */
const LAST = Date.UTC(2026, 2, 31, 21, 59, 59);
const APRIL = Date.UTC(2026, 2, 31, 22);
const RESET = APRIL + 5 * MINUTE;
const MAY = Date.UTC(2026, 3, 30, 22);

onEveryStore('statements', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100, daily: 200 }, BERLIN));

  async function march() {
    const [statement] = await ledger().statements();
    if (statement === undefined) throw new Error('March was not closed');
    return statement;
  }

  async function carriedIntoApril() {
    return (await ledger().balances()).find(({ period }) => period.start === APRIL)?.carriedInMicroUsd;
  }

  describe('a hold straddles the reset: made at 23:59:59 local, settled after the statement was written', () => {
    beforeEach(async () => {
      await ledger().reserve('a', 80, { at: LAST, ...LONG });
      await ledger().close(RESET);
    });

    test('until then it is shown as held, and counts as spent in what the month hands on', async () => {
      expect(await march()).toMatchObject({ spentMicroUsd: 0, heldMicroUsd: usd(80), lateMicroUsd: 0, carriedOutMicroUsd: usd(20) });
      expect(await carriedIntoApril()).toBe(usd(20));
    });

    test.each<[string, number | null, number]>([
      ['above the hold', 95, 5],
      ['below the hold', 75, 25],
      ['above the limit', 130, 0],
      ['0', 0, 25],
      ['released', null, 25],
    ])('%s: charged to its own month, late there, and the carry-over is corrected', async (_name, charged, carried) => {
      const before = await march();
      await (charged === null ? ledger().release('a', null, APRIL + DAY) : ledger().commit('a', cost(charged), APRIL + DAY));
      const amountMicroUsd = usd(charged ?? 0);
      expect(await march()).toEqual({
        ...before,
        spentMicroUsd: amountMicroUsd,
        heldMicroUsd: 0,
        lateMicroUsd: amountMicroUsd,
        peakMicroUsd: usd(Math.max(80, charged ?? 0)),
        peakUsage: Math.max(80, charged ?? 0) / 100,
        executions: charged === null ? 0 : 1,
        carriedOutMicroUsd: usd(carried),
      });
      expect(await carriedIntoApril()).toBe(usd(carried));
      expect((await ledger().month(APRIL)).spent).toBe(0);
    });

    test('what April then lacks is shown as 0, and nothing more is granted', async () => {
      await ledger().charge('b', 118, { at: APRIL + DAY });
      await ledger().commit('a', cost(95), APRIL + 2 * DAY);
      const status = await budgetStatus(ledger().store, ledger().organizationId, 'main', APRIL + 2 * DAY);
      expect(status?.month).toMatchObject({ limitUsd: 105, spentUsd: 118, availableUsd: 0 });
      const denied = await ledger().reserve('c', 1, { at: APRIL + 2 * DAY });
      expect(denied).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost', limit: usd(105), available: 0, resetsAt: MAY } });
    });

    test('the correction ends with April: May is handed what April left of its own limit', async () => {
      await ledger().close(MAY);
      await ledger().commit('a', cost(100), MAY + DAY);
      const carried = (await ledger().balances()).map(({ carriedInMicroUsd }) => carriedInMicroUsd);
      expect(carried).toEqual([0, 0, usd(25)]);
    });
  });

  test('twice: the second time there is nothing to close, and nothing changes', async () => {
    expect(await ledger().close(RESET)).toEqual({ closed: 1, isComplete: true });
    const once = await ledger().balances();
    expect(await ledger().close(RESET + DAY)).toEqual({ closed: 0, isComplete: true });
    expect(await ledger().balances()).toEqual(once);
    expect((await march()).closedAt).toBe(RESET);
  });

  test('early: the month that still runs stays open', async () => {
    expect(await ledger().close(APRIL - 1)).toEqual({ closed: 0, isComplete: true });
    expect(await ledger().statements()).toEqual([]);
    expect(await ledger().close(APRIL)).toEqual({ closed: 1, isComplete: true });
  });

  test('two resetters at once: every period is closed once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, second) => ledger().close(MAY + 1000 * second)));
    expect(answers.reduce((sum, { closed }) => sum + closed, 0)).toBe(2);
  });

  test('a month late: both months are closed, each by its own figures', async () => {
    await ledger().charge('a', 90);
    await ledger().charge('b', 5, { at: APRIL + DAY });
    expect(await ledger().close(MAY + RESET - APRIL)).toEqual({ closed: 2, isComplete: true });
    expect(await ledger().statements()).toMatchObject([
      { period: { end: APRIL }, spentMicroUsd: usd(90), lateMicroUsd: 0, carriedOutMicroUsd: usd(10) },
      { period: { start: APRIL, end: MAY }, spentMicroUsd: usd(5), lateMicroUsd: 0, carriedInMicroUsd: usd(10) },
    ]);
  });

  test("months that nobody touched are closed too (a member's budget never resets)", async () => {
    await ledger().charge('a', 100);
    await ledger().charge('b', 1, { at: Date.UTC(2026, 6, 20) });
    expect(await ledger().close(Date.UTC(2026, 7, 2))).toEqual({ closed: 5, isComplete: true });
    const statements = await ledger().statements();
    expect(statements.map(({ spentMicroUsd }) => spentMicroUsd)).toEqual([usd(100), 0, 0, 0, usd(1)]);
    expect(statements.map(({ carriedInMicroUsd }) => carriedInMicroUsd)).toEqual([0, 0, usd(25), usd(25), usd(25)]);
    expect(statements.slice(1).map(({ period }) => period.start)).toEqual(statements.slice(0, -1).map(({ period }) => period.end));
  });

  test('more than 120 months that nobody touched: it says that it is not complete, and goes on', async () => {
    const at = Date.UTC(2046, 2, 10);
    expect(await ledger().close(at)).toEqual({ closed: 120, isComplete: false });
    expect(await ledger().close(at)).toEqual({ closed: 120, isComplete: true });
    expect(await ledger().statements()).toHaveLength(240);
    expect((await ledger().balances()).at(-1)).toMatchObject({ closedAt: null, carriedInMicroUsd: usd(25) });
  });

  test('a removed budget: its period is closed when it ends, and no other begins', async () => {
    await ledger().charge('a', 7);
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON + DAY);
    expect(await ledger().close(MAY)).toEqual({ closed: 1, isComplete: true });
    expect(await march()).toMatchObject({ spentMicroUsd: usd(7), carriedOutMicroUsd: 0 });
    expect(await ledger().balances()).toHaveLength(1);
  });

  test('a budget that never was has nothing to close', async () => {
    expect(await ledger().close(MAY, 'nobody')).toEqual({ closed: 0, isComplete: true });
  });

  test("the month's reset wipes the day: a closing leaves what was used since midnight as it is", async () => {
    await ledger().limit({ monthly: 100, daily: 20 }, BERLIN);
    await ledger().reserve('a', 20, { at: APRIL + MINUTE });
    await ledger().close(RESET);
    expect(await ledger().day(APRIL)).toEqual({ spent: 0, held: 20, executions: 1, start: APRIL });
    expect(await ledger().reserve('b', 1, { at: RESET + MINUTE })).toMatchObject({ status: 'denied', denial: { code: 'daily_cost' } });
  });

  test('the peak is the highest that spent and held together were; no charge counts beside its own hold', async () => {
    await ledger().reserve('a', 60);
    await ledger().commit('a', cost(30));
    await ledger().reserve('b', 50);
    await ledger().release('b');
    await ledger().reserve('c', 20);
    await ledger().commit('c', cost(25));
    await ledger().close(RESET);
    expect(await march()).toMatchObject({ spentMicroUsd: usd(55), executions: 2, peakMicroUsd: usd(80), peakUsage: 0.8 });
  });

  test('the forecast is twice what was charged before the middle of the month', async () => {
    // From 23:00Z of February 28 to 22:00Z of March 31: the middle is at 10:30Z of March 16.
    const middle = Date.UTC(2026, 2, 16, 10, 30);
    await ledger().charge('a', 10, { at: middle - 1 });
    await ledger().charge('b', 20, { at: middle });
    await ledger().charge('c', 40, { at: APRIL });
    await ledger().close(RESET);
    expect(await march()).toMatchObject({ spentMicroUsd: usd(30), forecastMicroUsd: usd(20), lateMicroUsd: 0 });
  });
});
