/** A time zone in which a day, and a month of its own, begins while the run goes on: for processes whose clock is behind. */
export interface Midnight {
  readonly timeZone: string;
  readonly anchorDay: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The last full hour was midnight somewhere. */
export function lastMidnight(now: number): Midnight {
  const at = Math.floor(now / HOUR) * HOUR;
  const hour = (at % DAY) / HOUR;
  const east = hour < 10 ? -hour : 24 - hour;
  // The sign of these names is the other way round.
  const timeZone = east === 0 ? 'UTC' : `Etc/GMT${east > 0 ? '-' : '+'}${String(Math.abs(east))}`;
  return { timeZone, anchorDay: new Date(at + east * HOUR).getUTCDate(), at };
}
