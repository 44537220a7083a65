import { assertAnchorDay, assertTimeZone, dayContaining, monthContaining, weekContaining } from '../../src/domain/period';

const HOUR = 3_600_000;
const iso = ({ start, end }: { start: number; end: number }) => [new Date(start).toISOString(), new Date(end).toISOString()];
const at = (text: string) => new Date(text).getTime();
const full = (text: string) => new Date(text).toISOString();

test.each<[string, string, string, number, string, string]>([
  ['vector 70: mid-month', '2026-01-15T00:00Z', 'UTC', 1, '2026-01-01T00:00Z', '2026-02-01T00:00Z'],
  ['vector 73: the last minute', '2025-12-31T23:59Z', 'UTC', 1, '2025-12-01T00:00Z', '2026-01-01T00:00Z'],
  ['vector 73: the first instant is in', '2026-01-01T00:00Z', 'UTC', 1, '2026-01-01T00:00Z', '2026-02-01T00:00Z'],
  ['vector 74: still January in New York', '2026-02-01T03:00Z', 'America/New_York', 1, '2026-01-01T05:00Z', '2026-02-01T05:00Z'],
  ['vector 75: anchor 31, January', '2026-01-15T00:00Z', 'UTC', 31, '2025-12-31T00:00Z', '2026-01-31T00:00Z'],
  ['vector 75: anchor 31 clamped in February', '2026-02-10T00:00Z', 'UTC', 31, '2026-01-31T00:00Z', '2026-02-28T00:00Z'],
  ['vector 75: anchor 31 is back in March', '2026-03-10T00:00Z', 'UTC', 31, '2026-02-28T00:00Z', '2026-03-31T00:00Z'],
  ['vector 75: anchor 31, a leap year', '2028-03-10T00:00Z', 'UTC', 31, '2028-02-29T00:00Z', '2028-03-31T00:00Z'],
  ['vector 75: anchor 30, April has it', '2026-04-30T00:00Z', 'UTC', 30, '2026-04-30T00:00Z', '2026-05-30T00:00Z'],
  ['vector 76: anchor 15', '2026-03-05T00:00Z', 'UTC', 15, '2026-02-15T00:00Z', '2026-03-15T00:00Z'],
  ['vector 77: a month with the clock change', '2026-03-15T00:00Z', 'Europe/Berlin', 1, '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
  ['vector 78: Asia/Tokyo', '2026-01-31T15:00Z', 'Asia/Tokyo', 1, '2026-01-31T15:00Z', '2026-02-28T15:00Z'],
  ['an anchor day whose midnight is skipped', '2026-09-20T00:00Z', 'America/Santiago', 6, '2026-09-06T04:00Z', '2026-10-06T03:00Z'],
  [
    "vector 77: St. John's, an hour of October after November began",
    '2009-11-01T03:00Z',
    'America/St_Johns',
    1,
    '2009-11-01T02:30Z',
    '2009-12-01T03:30Z',
  ],
  ['an anchor day that was skipped', '2012-01-05T00:00Z', 'Pacific/Apia', 30, '2011-12-30T10:00Z', '2012-01-29T10:00Z'],
])('the month: %s', (_name, instant, zone, anchorDay, start, end) => {
  expect(iso(monthContaining(at(instant), zone, anchorDay))).toEqual([full(start), full(end)]);
});

test.each<[string, string, string, string, string, number]>([
  ['vector 72: mid-day', '2026-01-15T14:30Z', 'UTC', '2026-01-15T00:00Z', '2026-01-16T00:00Z', 24],
  ['vector 77: Berlin springs forward', '2026-03-29T12:00Z', 'Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
  ['vector 77: Berlin falls back', '2026-10-25T12:00Z', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
  ['vector 77: Berlin, the repeated hour', '2026-10-25T01:30Z', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
  ['vector 77: Santiago skips midnight', '2026-09-06T12:00Z', 'America/Santiago', '2026-09-06T04:00Z', '2026-09-07T03:00Z', 23],
  ['vector 77: Santiago falls back at midnight', '2026-04-05T03:30Z', 'America/Santiago', '2026-04-04T03:00Z', '2026-04-05T04:00Z', 25],
  ['vector 77: Cairo skips midnight', '2024-04-26T12:00Z', 'Africa/Cairo', '2024-04-25T22:00Z', '2024-04-26T21:00Z', 23],
  [
    'vector 77: Lord Howe shifts by half an hour',
    '2026-10-04T00:00Z',
    'Australia/Lord_Howe',
    '2026-10-03T13:30Z',
    '2026-10-04T13:00Z',
    23.5,
  ],
  [
    "vector 77: St. John's repeats the evening after midnight",
    '2000-10-29T03:00Z',
    'America/St_Johns',
    '2000-10-29T02:30Z',
    '2000-10-30T03:30Z',
    25,
  ],
  ['vector 78: Tokyo at local midnight', '2026-01-15T15:00Z', 'Asia/Tokyo', '2026-01-15T15:00Z', '2026-01-16T15:00Z', 24],
  ['vector 78: Tokyo just before', '2026-01-15T14:59:59.999Z', 'Asia/Tokyo', '2026-01-14T15:00Z', '2026-01-15T15:00Z', 24],
  ['vector 78: Kathmandu at a quarter', '2026-01-15T18:15Z', 'Asia/Kathmandu', '2026-01-15T18:15Z', '2026-01-16T18:15Z', 24],
  ['vector 77: Cairo repeats the hour before midnight', '2024-10-31T20:30Z', 'Africa/Cairo', '2024-10-30T21:00Z', '2024-10-31T22:00Z', 25],
  ['Apia before the skipped day', '2011-12-30T09:59Z', 'Pacific/Apia', '2011-12-29T10:00Z', '2011-12-30T10:00Z', 24],
  ['Apia after the skipped day', '2011-12-30T10:00Z', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-31T10:00Z', 24],
])('the day: %s', (_name, instant, zone, start, end, hours) => {
  const day = dayContaining(at(instant), zone);
  expect(iso(day)).toEqual([full(start), full(end)]);
  expect((day.end - day.start) / HOUR).toBe(hours);
});

test.each<[string, string, string, string, string, number]>([
  ['vector 71: mid-week', '2026-01-15T00:00Z', 'UTC', '2026-01-12T00:00Z', '2026-01-19T00:00Z', 7 * 24],
  ['Monday is in from its first instant', '2026-01-12T00:00Z', 'UTC', '2026-01-12T00:00Z', '2026-01-19T00:00Z', 7 * 24],
  ['Sunday is in to its last', '2026-01-18T23:59:59.999Z', 'UTC', '2026-01-12T00:00Z', '2026-01-19T00:00Z', 7 * 24],
  ['a week across the turn of the year', '2026-01-01T12:00Z', 'UTC', '2025-12-29T00:00Z', '2026-01-05T00:00Z', 7 * 24],
  ["Sunday night in New York is UTC's Monday", '2026-01-19T04:59Z', 'America/New_York', '2026-01-12T05:00Z', '2026-01-19T05:00Z', 7 * 24],
  ["Monday morning in Tokyo is UTC's Sunday", '2026-01-18T15:00Z', 'Asia/Tokyo', '2026-01-18T15:00Z', '2026-01-25T15:00Z', 7 * 24],
  ['Kathmandu at a quarter', '2026-01-18T18:14Z', 'Asia/Kathmandu', '2026-01-11T18:15Z', '2026-01-18T18:15Z', 7 * 24],
  ['vector 77: Berlin springs forward', '2026-03-25T12:00Z', 'Europe/Berlin', '2026-03-22T23:00Z', '2026-03-29T22:00Z', 7 * 24 - 1],
  ['vector 77: Berlin falls back', '2026-10-25T22:59Z', 'Europe/Berlin', '2026-10-18T22:00Z', '2026-10-25T23:00Z', 7 * 24 + 1],
  [
    'vector 77: Santiago skips midnight on a Sunday',
    '2026-09-06T12:00Z',
    'America/Santiago',
    '2026-08-31T04:00Z',
    '2026-09-07T03:00Z',
    7 * 24 - 1,
  ],
  [
    'vector 77: Santiago falls back at midnight',
    '2026-04-05T03:30Z',
    'America/Santiago',
    '2026-03-30T03:00Z',
    '2026-04-06T04:00Z',
    7 * 24 + 1,
  ],
  ['Apia has no Friday', '2011-12-31T00:00Z', 'Pacific/Apia', '2011-12-26T10:00Z', '2012-01-01T10:00Z', 6 * 24],
])('the week: %s', (_name, instant, zone, start, end, hours) => {
  const week = weekContaining(at(instant), zone);
  expect(iso(week)).toEqual([full(start), full(end)]);
  expect((week.end - week.start) / HOUR).toBe(hours);
});

describe('what a budget may name', () => {
  const invalidRequest = expect.objectContaining({ code: 'InvalidRequest' }) as Error;

  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'EST5EDT', 'Etc/GMT+5'])('the zone %s', (zone) => {
    expect(() => {
      assertTimeZone(zone);
    }).not.toThrow();
  });

  test.each(['', 'Nope', 'Mars/Olympus', 'europe/berlin', '+01:00', '-05:00', 'Z', '2026-01-15T00:00Z', '2026-01-01T00:00[Europe/Berlin]'])(
    'not the zone %p',
    (zone) => {
      expect(() => {
        assertTimeZone(zone);
      }).toThrow(invalidRequest);
    },
  );

  test.each([1, 28, 31])('the anchor day %p', (day) => {
    expect(() => {
      assertAnchorDay(day);
    }).not.toThrow();
  });

  test.each([0, 32, -1, 1.5, NaN, Infinity])('not the anchor day %p', (day) => {
    expect(() => {
      assertAnchorDay(day);
    }).toThrow(invalidRequest);
  });
});
