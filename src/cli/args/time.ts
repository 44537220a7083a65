import { UsageError } from './usage-error';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `12h`, `30d` in milliseconds; `0` too. */
export function spanOf(value: string, name: string): number {
  const span = spanIn(value);
  if (span === null) throw new UsageError(`--${name} must be a span of time, as 90s, 15m, 12h or 30d, not ${JSON.stringify(value)}.`);
  return span;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** ISO 8601 with its offset, or a span from now on. Without an offset it would depend on whose machine this is. */
export function instantOf(value: string, name: string): number {
  const span = spanIn(value);
  if (span !== null) return Date.now() + span;
  const [, local = ''] = INSTANT.exec(value) ?? [];
  const at = isOnCalendar(local) ? Date.parse(value) : NaN;
  if (Number.isNaN(at))
    throw new UsageError(`--${name} must be a time as 2027-01-31T00:00Z, or a span from now as 30d, not ${JSON.stringify(value)}.`);
  return at;
}

// JavaScript takes 31 February for 3 March, and 24:00 for the next day.
function isOnCalendar(local: string): boolean {
  const at = Date.parse(`${local}Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(local);
}

function spanIn(value: string): number | null {
  if (value === '0') return 0;
  const [, digits, unit = ''] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS_MS[unit] ?? NaN);
}
