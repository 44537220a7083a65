import { cost, DAY, onEveryStore, usd } from './support';

const month = (index: number) => Date.UTC(2026, 2 + index, 1);

onEveryStore('carry-over', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }, { rolloverPercent: 25 }));

  const carriedIn = async () => (await ledger().balances()).map(({ carriedInMicroUsd }) => carriedInMicroUsd);

  test.each([
    ['nobody closes', false],
    ['every month is closed', true],
  ])('vector 79: rollover 25 %%, idle 12 months: 125 every month, never more (carry-over compounds); %s', async (_name, isClosed) => {
    for (let index = 1; index <= 12; index += 1) {
      if (isClosed) await ledger().close(month(index));
      else if (index < 12) continue;
      // Granted, and given back: the next month is idle again.
      expect(await ledger().reserve(`more-${String(index)}`, 125.000001, { at: month(index) })).toMatchObject({
        status: 'denied',
        denial: { limit: usd(125), available: usd(125) },
      });
      expect((await ledger().reserve(`fits-${String(index)}`, 125, { at: month(index) })).status).toBe('granted');
      await ledger().release(`fits-${String(index)}`, null, month(index));
    }
    await ledger().close(month(12));
    expect(await carriedIn()).toEqual([0, ...Array<number>(12).fill(usd(25))]);
  });

  test('the first month has nothing to carry', async () => {
    expect(await ledger().reserve('a', 100.01)).toMatchObject({ status: 'denied', denial: { limit: usd(100) } });
  });

  test('what was carried in and left again is not carried on', async () => {
    await ledger().charge('a', 100);
    await ledger().charge('b', 10, { at: month(1) });
    await ledger().charge('c', 100, { at: month(2) });
    await ledger().charge('d', 0, { at: month(3) });
    expect(await carriedIn()).toEqual([0, 0, usd(25), 0]);
  });

  test('a straggler of an idle month corrects what the next one was handed', async () => {
    await ledger().reserve('now', 1, { at: month(2) });
    expect(await carriedIn()).toEqual([0, usd(25)]);
    await ledger().charge('straggler', 95, { at: month(1) });
    expect(await carriedIn()).toEqual([0, usd(25), usd(5)]);
  });

  test('holds that expire give back what they took from the next month', async () => {
    await ledger().reserve('a', 90, { at: month(1) - 1 });
    await ledger().reserve('b', 1, { at: month(1) });
    expect(await carriedIn()).toEqual([0, usd(10)]);
    await ledger().expire(month(1) + DAY);
    expect(await carriedIn()).toEqual([0, usd(25)]);
    await ledger().commit('a', cost(99), month(1) + DAY);
    expect(await carriedIn()).toEqual([0, usd(1)]);
  });

  test('no denial for what an overdue hold of last month keeps from this one', async () => {
    await ledger().reserve('a', 100, { at: month(1) - 1 });
    expect((await ledger().reserve('b', 125, { at: month(1) + DAY })).status).toBe('granted');
    expect(await carriedIn()).toEqual([0, usd(25)]);
  });

  test('an unlimited month hands on nothing, and 0 % is the default', async () => {
    await ledger().limit({}, { rolloverPercent: 25 });
    await ledger().charge('a', 1, { at: month(1) });
    await ledger().limit({ monthly: 100 }, { budgetId: 'plain' });
    await ledger().charge('b', 1, { at: month(1) });
    expect(await carriedIn()).toEqual([0, 0]);
    expect((await ledger().balances('plain'))[1]?.carriedInMicroUsd).toBe(0);
  });

  test('another percentage counts from the next month on', async () => {
    await ledger().charge('a', 1, { at: month(1) });
    await ledger().limit({ monthly: 100 }, { rolloverPercent: 10, at: month(1) + DAY });
    await ledger().charge('b', 1, { at: month(2) });
    expect(await carriedIn()).toEqual([0, usd(25), usd(10)]);
  });
});
