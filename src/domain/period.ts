import { Temporal } from 'temporal-polyfill';
import type { Period } from './balance';
import { DomainError, DomainErrorCode } from './errors';

/** Where the ledger's time ends, on either side of 1970: the year 9999. Beyond what a Date can hold no month could be computed. */
export const LAST_INSTANT = Date.UTC(9999, 0, 1);

/**
 * The budget month that contains `at` (epoch milliseconds): from the anchor day's first instant in the zone to the next
 * one's. An anchor day that a month lacks is clamped to its last day, and is back to itself in the next.
 */
export function monthContaining(at: number, timeZone: string, anchorDay: number): Period {
  const month = dateAt(at, timeZone).toPlainYearMonth();
  const starts = [-1, 0, 1, 2].map((months) => firstInstant(anchored(month.add({ months }), anchorDay), timeZone));
  return between(starts, at);
}

/** The calendar day of the zone that contains `at`: 23 to 25 hours, and whatever else zones have done. */
export function dayContaining(at: number, timeZone: string): Period {
  const date = dateAt(at, timeZone);
  return between(
    [0, 1, 2].map((days) => firstInstant(date.add({ days }), timeZone)),
    at,
  );
}

/** The week from Monday to Monday, in the zone, that contains `at`: for reports; no limit is weekly. */
export function weekContaining(at: number, timeZone: string): Period {
  const date = dateAt(at, timeZone);
  const monday = date.subtract({ days: date.dayOfWeek - 1 });
  return between(
    [-7, 0, 7, 14].map((days) => firstInstant(monday.add({ days }), timeZone)),
    at,
  );
}

/** Throws InvalidRequest unless the runtime knows an IANA zone of exactly this name: no offset, no other spelling. */
export function assertTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  throw new DomainError(
    DomainErrorCode.invalidRequest,
    `Unknown time zone ${timeZone}: use an IANA name, for example Europe/Berlin`,
    'timeZone',
  );
}

/** Throws InvalidRequest unless the day is a whole number from 1 to 31. */
export function assertAnchorDay(anchorDay: number): void {
  if (Number.isInteger(anchorDay) && anchorDay >= 1 && anchorDay <= 31) return;
  throw new DomainError(
    DomainErrorCode.invalidRequest,
    `The anchor day must be a whole number from 1 to 31, not ${String(anchorDay)}`,
    'anchorDay',
  );
}

/** Whether the runtime knows an IANA zone of exactly this name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    // Temporal also takes +01:00, europe/berlin and whole dates that name a zone; a Temporal server's schedule takes none of these.
    return /^[A-Z]/i.test(timeZone) && Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId === timeZone;
  } catch {
    return false;
  }
}

function dateAt(at: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
}

function anchored(month: Temporal.PlainYearMonth, anchorDay: number): Temporal.PlainDate {
  return month.toPlainDate({ day: Math.min(anchorDay, month.daysInMonth) });
}

// A date's first instant, also where midnight is skipped. Of a date that the zone skipped altogether, the next one's.
function firstInstant(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}

// Neighbouring starts rather than one start and a length: periods then tile time whatever the zone does. The start after next is
// needed where clocks go back over midnight: St. John's had an hour of the old date after the new one's first minute.
function between(starts: readonly number[], at: number): Period {
  const start = Math.max(...starts.filter((instant) => instant <= at));
  const end = Math.min(...starts.filter((instant) => instant > at));
  return { start, end };
}
