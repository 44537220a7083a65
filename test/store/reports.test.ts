import { budgetStatus, statements } from '../../src/store/reports';
import type { BudgetReference } from '../../src/contract/payloads/reset';
import { DAY, Ledger, MINUTE, NOON, onEveryStore, usd } from './support';

const MARCH = Date.UTC(2026, 2, 1);
const APRIL = Date.UTC(2026, 3, 1);
const MAY = Date.UTC(2026, 4, 1);
const iso = (at: number) => new Date(at).toISOString();

onEveryStore('reports', (ledger) => {
  const status = (at: number, budgetId = 'main') => budgetStatus(ledger().store, ledger().organizationId, budgetId, at);

  test("a budget's status: month, day, week, forecast, lifetime", async () => {
    await ledger().limit({ monthly: 100, daily: 20, monthlyExecutions: 50 }, { at: MARCH });
    await ledger().charge('week before', 8, { at: NOON - 2 * DAY });
    await ledger().charge('monday', 4, { at: NOON - DAY });
    await ledger().reserve('today', 6);
    expect(await status(NOON)).toEqual({
      budgetId: 'main',
      scope: ledger().call(),
      mode: 'hard',
      timeZone: 'UTC',
      anchorDay: 1,
      month: {
        start: iso(MARCH),
        resetsAt: iso(APRIL),
        limitUsd: 100,
        spentUsd: 12,
        heldUsd: 6,
        availableUsd: 82,
        usage: 0.18,
        executions: 3,
        executionLimit: 50,
      },
      day: {
        start: '2026-03-10T00:00:00.000Z',
        resetsAt: '2026-03-11T00:00:00.000Z',
        limitUsd: 20,
        spentUsd: 0,
        heldUsd: 6,
        availableUsd: 14,
        usage: 0.3,
        executions: 1,
        executionLimit: null,
      },
      week: { start: '2026-03-09T00:00:00.000Z', end: '2026-03-16T00:00:00.000Z', chargedUsd: 4 },
      carriedInUsd: 0,
      // 12 in 9.5 of 31 days.
      forecastUsd: 39.157894,
      lifetimeSpentUsd: 12,
      raise: null,
      lastStatement: null,
    });
  });

  test('a week across the turn of the month counts both months, by when it was charged', async () => {
    await ledger().limit({ monthly: 100 }, { at: MARCH });
    await ledger().reserve('of March', 5, { at: APRIL - MINUTE, ttlMs: 30 * DAY });
    await ledger().charge('Tuesday', 3, { at: APRIL - MINUTE });
    await ledger().commit('of March', { status: 'succeeded', costMicroUsd: usd(6) }, APRIL + MINUTE);
    await ledger().charge('Sunday night', 1, { at: Date.UTC(2026, 3, 6) - 1 });
    await ledger().charge('Monday', 10, { at: Date.UTC(2026, 3, 6) });
    expect((await status(APRIL + MINUTE))?.week).toEqual({
      start: '2026-03-30T00:00:00.000Z',
      end: '2026-04-06T00:00:00.000Z',
      chargedUsd: 10,
    });
  });

  test('the next reset is null: never, also where nothing is limited or touched', async () => {
    await ledger().limit({}, { timeZone: 'Asia/Tokyo', at: MARCH });
    const read = await status(Date.UTC(2026, 8, 30, 14, 59));
    expect([read?.month.resetsAt, read?.day.resetsAt]).toEqual(['2026-09-30T15:00:00.000Z', '2026-09-30T15:00:00.000Z']);
    expect(read?.month).toMatchObject({ limitUsd: null, availableUsd: null, usage: null, executionLimit: null });
    await ledger().limit({ dailyExecutions: 0 }, { budgetId: 'none' });
    const denied = await ledger().reserve('a', 1);
    expect(denied).toMatchObject({ status: 'denied', denial: { code: 'daily_executions', resetsAt: Date.UTC(2026, 2, 11) } });
  });

  test('no forecast in the first day, too early to tell; then by the days that the month has (a month is taken as 30 days)', async () => {
    await ledger().limit({ monthly: 100 }, { at: MARCH });
    await ledger().charge('a', 1, { at: MARCH });
    expect((await status(MARCH + DAY - 1))?.forecastUsd).toBeNull();
    expect((await status(MARCH + DAY))?.forecastUsd).toBe(31);
  });

  test('a read works when no job has run and nothing touched the month, and writes nothing', async () => {
    await ledger().limit({ monthly: 100 }, { at: MARCH, rolloverPercent: 25 });
    await ledger().charge('a', 90, { at: MARCH });
    expect(await status(APRIL)).toMatchObject({
      month: { start: iso(APRIL), limitUsd: 110, spentUsd: 0, availableUsd: 110 },
      carriedInUsd: 10,
      lifetimeSpentUsd: 90,
      lastStatement: null,
    });
    expect(await ledger().balances()).toHaveLength(1);
  });

  test('lifetime spend, last statement and all statements, the oldest first', async () => {
    await ledger().limit({ monthly: 100 }, { at: MARCH });
    for (const [key, at] of [
      ['a', MARCH],
      ['b', APRIL],
      ['c', MAY],
    ] as const)
      await ledger().charge(key, 10, { at });
    await ledger().close(MAY);
    const read = await status(MAY);
    expect(read).toMatchObject({ lifetimeSpentUsd: 30, month: { spentUsd: 10 } });
    const written = await statements(ledger().store, ledger().organizationId, 'main');
    expect(written.map(({ periodStart, periodEnd }) => [periodStart, periodEnd])).toEqual([
      [iso(MARCH), iso(APRIL)],
      [iso(APRIL), iso(MAY)],
    ]);
    expect(read?.lastStatement).toEqual(written[1]);
    expect(written[1]).toEqual({
      budgetId: 'main',
      periodStart: iso(APRIL),
      periodEnd: iso(MAY),
      timeZone: 'UTC',
      closedAt: iso(MAY),
      limitUsd: 100,
      raisedUsd: 0,
      carriedInUsd: 0,
      carriedOutUsd: 0,
      spentUsd: 10,
      heldUsd: 0,
      executions: 1,
      peakUsd: 10,
      peakUsage: 0.1,
      lateUsd: 0,
      forecastUsd: 20,
    });
  });

  test('a raise is shown while it is in force, with its end', async () => {
    const raise = { monthlyMicroUsd: usd(50), dailyMicroUsd: usd(0), monthlyExecutions: 3, dailyExecutions: 0, until: null };
    await ledger().limit({ monthly: 100 }, { raise });
    expect(await status(APRIL - 1)).toMatchObject({
      month: { limitUsd: 150 },
      raise: { monthlyUsd: 50, dailyUsd: 0, monthlyExecutions: 3, dailyExecutions: 0, until: iso(APRIL) },
    });
    expect(await status(APRIL)).toMatchObject({ month: { limitUsd: 100 }, raise: null });
  });

  test('an unknown budget has no status; a removed one has its statements', async () => {
    expect(await status(NOON)).toBeNull();
    expect(await statements(ledger().store, ledger().organizationId, 'main')).toEqual([]);
    await ledger().limit({ monthly: 100 });
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    await ledger().close(APRIL);
    expect(await status(APRIL)).toBeNull();
    expect(await statements(ledger().store, ledger().organizationId, 'main')).toMatchObject([{ periodEnd: iso(APRIL) }]);
  });
});

onEveryStore('what there is to reset', (ledger) => {
  // Zones that no other test uses: the answers are about every organization of the store.
  test('zones in use: of budgets with their anchor days, and of periods that still wait to be closed', async () => {
    const timeZone = 'Indian/Kerguelen';
    const inUse = async () => (await ledger().store.zonesInUse()).filter((zone) => zone.timeZone === timeZone);
    const remove = (budgetId: string) => ledger().store.removeBudget(ledger().organizationId, budgetId, NOON);
    expect(await inUse()).toEqual([]);
    await ledger().limit({}, { budgetId: 'a', timeZone, anchorDay: 15 });
    await ledger().limit({}, { budgetId: 'b', timeZone });
    await ledger().limit({}, { budgetId: 'c', timeZone, anchorDay: 15 });
    expect(await inUse()).toEqual([{ timeZone, anchorDays: [1, 15] }]);
    await Promise.all(['a', 'c'].map(remove));
    expect(await inUse()).toEqual([{ timeZone, anchorDays: [1] }]);
    // Moved to another zone: what runs here ends here.
    await ledger().limit({}, { budgetId: 'b' });
    expect(await inUse()).toEqual([{ timeZone, anchorDays: [] }]);
    for (const budgetId of ['a', 'b', 'c']) await ledger().close(APRIL, budgetId);
    expect(await inUse()).toEqual([]);
  });

  test('closable budgets: page after page, in order, over all organizations; those that are closed are gone', async () => {
    const timeZone = 'Pacific/Galapagos';
    const end = APRIL + 6 * 60 * MINUTE;
    const ledgers = [ledger(), new Ledger(ledger().store)].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1));
    // Capitals come first: by bytes, as no dictionary has it.
    const expected = ledgers.flatMap(({ organizationId }) => ['B', 'a', 'c'].map((budgetId) => ({ organizationId, budgetId })));
    for (const each of ledgers) {
      for (const budgetId of ['c', 'a', 'B']) await each.limit({}, { budgetId, timeZone });
      await each.limit({}, { budgetId: 'mid-month', timeZone, anchorDay: 15 });
    }
    const pageAt = (at: number, after: BudgetReference | null, most: number) => ledger().store.closableBudgets(timeZone, at, after, most);
    const midMonth = await pageAt(Date.UTC(2026, 2, 15, 6), null, 10);
    expect(midMonth.map(({ budgetId }) => budgetId)).toEqual(['mid-month', 'mid-month']);
    for (const { organizationId } of ledgers) expect(midMonth.map((found) => found.organizationId)).toContain(organizationId);
    for (const each of ledgers) await each.close(Date.UTC(2026, 2, 15, 6), 'mid-month');

    expect(await pageAt(end - 1, null, 10)).toEqual([]);
    const pages: BudgetReference[] = [];
    for (let page = await pageAt(end, null, 4); page.length > 0; page = await pageAt(end, page.at(-1) ?? null, 4)) pages.push(...page);
    expect(pages).toEqual(expected);
    for (const each of ledgers) for (const budgetId of ['B', 'c']) await each.close(end, budgetId);
    expect((await pageAt(end, null, 10)).map(({ budgetId }) => budgetId)).toEqual(['a', 'a']);
  });

  test('a budget that moved to another zone closes its last period where it was', async () => {
    const [from, to] = ['Indian/Chagos', 'Antarctica/Casey'];
    await ledger().limit({}, { timeZone: from });
    await ledger().limit({}, { timeZone: to });
    const closable = (timeZone: string, at: number) => ledger().store.closableBudgets(timeZone, at, null, 10);
    expect([await closable(from, APRIL), await closable(to, APRIL)]).toMatchObject([[{ budgetId: 'main' }], []]);
    await ledger().close(APRIL);
    expect([await closable(from, MAY), await closable(to, MAY)]).toMatchObject([[], [{ budgetId: 'main' }]]);
  });
});
