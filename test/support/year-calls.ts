/** One of a year's calls: when it reserves, how it ends, and what must become of it. */
export interface Call {
  readonly what: string;
  /** Null for one that counts in its organization's budget only. */
  readonly userId: string | null;
  readonly startsAt: number;
  readonly estimateUsd: number;
  readonly ending: Ending;
  /** Which limit denies it; null where it is granted. */
  readonly denied: 'monthly_cost' | 'daily_cost' | null;
}

/** How work ends: after so many minutes under its hold, at its cost. A null cost is unknown. */
export interface Ending {
  readonly minutes: number;
  readonly costUsd: number | null;
  readonly fails?: boolean;
  /** The server ends its run, and no code of it is run: nobody hears how it ended. */
  readonly isKilled?: boolean;
  /** For a hold that is to run out before its work ends. */
  readonly ttlMinutes?: number;
}

export const MINUTE = 60_000;
export const NIGHT_OWL = 'night-owl';

type Row = readonly [what: string, startsInMinutes: number, estimateUsd: number, ending: Ending];

// Around the end of a month, which 13 USD must be left in.
const AT_MONTHS_END: readonly Row[] = [
  ['fails in time, and names no cost', -30, 2, { minutes: 10, costUsd: null, fails: true }],
  ['ends half a minute after the month', -2, 3, { minutes: 2.5, costUsd: 2.25 }],
  ['ends an hour after, above its estimate', -2, 2, { minutes: 62, costUsd: 3.000001 }],
  ['ends after the month, at an unknown cost', -1, 1, { minutes: 30, costUsd: null }],
  ['fails after the month, and names its cost', -1, 2, { minutes: 40, costUsd: 0.7, fails: true }],
  ['outlives its hold, and costs less than that was charged', -1, 2, { minutes: 90, costUsd: 0.4, ttlMinutes: 3 }],
  ['killed, and its hold runs out', -1, 1, { minutes: 2, costUsd: null, isKilled: true, ttlMinutes: 3 }],
];
// Around a midnight, by a user who has one USD a day.
const AT_MIDNIGHT: readonly Row[] = [
  ['under way at midnight', -2, 0.6, { minutes: 30, costUsd: 0.5 }],
  ['in the first instant of the next day', 0, 0.5, { minutes: 5, costUsd: 0.4 }],
];
const NOTHING: Ending = { minutes: 0, costUsd: 0 };

/** What happens around a month's end. The next month begins with a call for too much, to hear what there is, and one that costs `nextUsd`, whatever it was estimated at. */
export function callsAtMonthsEnd(end: number, nextUsd: number): Call[] {
  const call = callAt(end, null);
  return [
    ...AT_MONTHS_END.map(call),
    { ...call(['for a thousand', 0, 1_000, NOTHING]), denied: 'monthly_cost' },
    call(['in the first instant of the next month', 0, Math.min(nextUsd, 84), { minutes: 2, costUsd: nextUsd }]),
  ];
}

/** What happens around a midnight. The new day's first call asks for more than is left of the old one; two ask for too much of either. */
export function callsAtMidnight(midnight: number): Call[] {
  const call = callAt(midnight, NIGHT_OWL);
  const tooMuch = (minutes: number): Call => ({
    ...call(['for more than is left of the day', minutes, 0.7, NOTHING]),
    denied: 'daily_cost',
  });
  return [...[-1, 45].map(tooMuch), ...AT_MIDNIGHT.map(call)];
}

export function endOf({ startsAt, ending: { minutes } }: Call): number {
  return startsAt + minutes * MINUTE;
}

function callAt(instant: number, userId: string | null) {
  return ([what, startsInMinutes, estimateUsd, ending]: Row): Call => {
    return { what, userId, startsAt: instant + startsInMinutes * MINUTE, estimateUsd, ending, denied: null };
  };
}
