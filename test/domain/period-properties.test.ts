import fc from 'fast-check';
import type { Period } from '../../src/domain/balance';
import { assertTimeZone, dayContaining, monthContaining, weekContaining } from '../../src/domain/period';
import { isFull } from '../support/extent';

const HOUR = 3_600_000;
const ZONES = Intl.supportedValuesOf('timeZone');
const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) });
const anchor = fc.integer({ min: 1, max: 31 });

/** The period contains `at`, all its instants agree on it, and its neighbours begin where it ends. */
function expectTile(containing: (at: number) => Period, at: number): Period {
  const period = containing(at);
  expect(period.start <= at && at < period.end).toBe(true);
  expect([containing(period.start), containing(period.end - 1)]).toEqual([period, period]);
  expect(containing(period.end).start).toBe(period.end);
  expect(containing(period.start - 1).end).toBe(period.start);
  return period;
}

// By the runtime's own calendar, which the code under test does not use.
function localDate(zone: string): (at: number) => { year: number; month: number; day: number } {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'iso8601', year: 'numeric', month: 'numeric', day: 'numeric' });
  return (at) => {
    const part = (type: string) => Number(format.formatToParts(at).find((found) => found.type === type)?.value);
    return { year: part('year'), month: part('month'), day: part('day') };
  };
}

const ordinal = ({ year, month, day }: { year: number; month: number; day: number }) => Date.UTC(year, month - 1, day) / (24 * HOUR);

/** Of each zone, of each property. */
const INSTANTS = isFull ? 10 : 2;

test('the runtime knows some hundred zones', () => {
  expect(ZONES.length).toBeGreaterThan(300);
});

test('months tile time in every zone, and begin on their anchor day', () => {
  for (const zone of ZONES) {
    assertTimeZone(zone);
    const dateOf = localDate(zone);
    fc.assert(
      fc.property(instant, anchor, (at, anchorDay) => {
        const { start, end } = expectTile((t) => monthContaining(t, zone, anchorDay), at);
        expect(end - start).toBeGreaterThan(27 * 24 * HOUR);
        expect(end - start).toBeLessThan(32 * 24 * HOUR);
        const { year, month, day } = dateOf(start);
        const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
        // A date that the zone skipped begins with the next one.
        if (ordinal(dateOf(start)) - ordinal(dateOf(start - 1)) === 1) expect(day).toBe(Math.min(anchorDay, last));
      }),
      { numRuns: INSTANTS },
    );
  }
});

test('days tile time in every zone, and are a date of its calendar', () => {
  for (const zone of ZONES) {
    const dateOf = localDate(zone);
    fc.assert(
      fc.property(instant, (at) => {
        const { start, end } = expectTile((t) => dayContaining(t, zone), at);
        expect(end - start).toBeGreaterThanOrEqual(18 * HOUR);
        expect(end - start).toBeLessThanOrEqual(30 * HOUR);
        expect(dateOf(end - 1)).toEqual(dateOf(start));
        expect(ordinal(dateOf(start))).toBeGreaterThan(ordinal(dateOf(start - 1)));
      }),
      { numRuns: INSTANTS },
    );
  }
});

test('weeks tile time in every zone, and begin on a Monday', () => {
  for (const zone of ZONES) {
    const dateOf = localDate(zone);
    fc.assert(
      fc.property(instant, (at) => {
        const { start, end } = expectTile((t) => weekContaining(t, zone), at);
        expect(end - start).toBeGreaterThanOrEqual(5.5 * 24 * HOUR);
        expect(end - start).toBeLessThanOrEqual(7.5 * 24 * HOUR);
        // The first of 1970 was a Thursday, the fourth day of its week.
        if (ordinal(dateOf(start)) - ordinal(dateOf(start - 1)) === 1) expect((ordinal(dateOf(start)) + 3) % 7).toBe(0);
      }),
      { numRuns: INSTANTS },
    );
  }
});

// Years in which zones did what they rarely do: skip a date, skip or repeat midnight, shift by other than an hour.
test.each<[string, number, number]>([
  ['Pacific/Apia', 2011, 364],
  ['Pacific/Kwajalein', 1993, 364],
  ['Pacific/Kiritimati', 1994, 364],
  ['Africa/Cairo', 2010, 365],
  ['Africa/Casablanca', 2026, 365],
  ['America/Santiago', 2026, 365],
  ['America/St_Johns', 2000, 366],
  ['America/Havana', 2026, 365],
  ['America/Scoresbysund', 2024, 366],
  ['Antarctica/Troll', 2026, 365],
  ['Asia/Beirut', 2026, 365],
  ['Asia/Pyongyang', 2015, 365],
  ['Australia/Lord_Howe', 2026, 365],
  ['Europe/Berlin', 2026, 365],
])('%s: the days of %i follow one another, %i of them', (zone, year, days) => {
  const dateOf = localDate(zone);
  const yearOf = (at: number) => dateOf(at).year;
  const found: Period[] = [];
  let day = dayContaining(Date.UTC(year, 0, 1, 12) - 14 * HOUR, zone);
  while (yearOf(day.start) < year) day = dayContaining(day.end, zone);
  for (; yearOf(day.start) === year; day = dayContaining(day.end, zone)) {
    found.push(day);
    // Inside the hours in which clocks are changed.
    expect([dayContaining(day.start + 0.75 * HOUR, zone), dayContaining(day.end - 0.75 * HOUR, zone)]).toEqual([day, day]);
  }
  expect(found.length).toBe(days);
  found.slice(1).forEach(({ start }, index) => {
    expect(start).toBe(found[index]?.end);
  });
});
