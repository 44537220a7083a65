const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;

/**
 * The first instants of a budget's months, from the one that runs at `at` on: one more than `months`. By what Intl says of
 * single instants, so that tests do not reckon with the code that they test.
 */
export function monthStarts(at: number, months: number, timeZone: string, anchorDay: number): number[] {
  const [year, month] = [new Date(at).getUTCFullYear(), new Date(at).getUTCMonth()];
  const around = Array.from({ length: months + 3 }, (_, index) => midnight(anchored(year, month - 1 + index, anchorDay), timeZone));
  const first = around.findLastIndex((start) => start <= at);
  return around.slice(first, first + months + 1);
}

/** The days between two instants that have not 24 hours, as [first instant, first instant of the next day]. */
export function daysOfChange(from: number, to: number, timeZone: string): [number, number][] {
  const first = Math.ceil(from / DAY_MS);
  const midnights = Array.from({ length: Math.floor(to / DAY_MS) - first }, (_, day) => midnight((first + day) * DAY_MS, timeZone));
  return midnights.slice(1).flatMap((end, day): [number, number][] => {
    const start = midnights[day] ?? NaN;
    return end - start === DAY_MS ? [] : [[start, end]];
  });
}

// Dates are the instants of their beginnings in UTC.
function anchored(year: number, month: number, anchorDay: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(anchorDay, lastDay));
}

// Offsets and changes of the zones in use are whole quarters of an hour, and none goes back to an earlier date.
function midnight(date: number, timeZone: string): number {
  const local = formatterOf(timeZone);
  const wanted = new Date(date).toISOString().slice(0, 10);
  let [before, reached] = [(date - DAY_MS) / QUARTER_MS, (date + DAY_MS) / QUARTER_MS];
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2);
    if (local.format(middle * QUARTER_MS) < wanted) before = middle;
    else reached = middle;
  }
  return reached * QUARTER_MS;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  formatters.set(timeZone, known);
  return known;
}
