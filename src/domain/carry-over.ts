import type { Counters, Period } from './balance';
import { add, clampToZero, microUsd, minOf, subtract, ZERO, type MicroUsd } from './money';

/** What of a month that ended counts for the next one. */
export interface EndedMonth {
  readonly limitMicroUsd: MicroUsd | null;
  readonly month: Pick<Counters, 'spentMicroUsd' | 'heldMicroUsd'>;
  readonly period: Period;
}

/** No month is shorter. */
const SHORTEST_MONTH_MS = 27 * 86_400_000;

/**
 * What a month hands on to the next: what of its limit is left unused, at most `percent` of the limit, rounded down. What it
 * was handed itself counts for nothing, so carry-over never compounds; what is still held counts as spent until it settles. The
 * rest of a month that a change of zone or anchor day cut off hands on nothing: its limit was a whole month's.
 */
export function carryOver({ limitMicroUsd, month, period }: EndedMonth, percent: number): MicroUsd {
  if (limitMicroUsd === null || percent === 0 || period.end - period.start < SHORTEST_MONTH_MS) return ZERO;
  const unused = clampToZero(subtract(limitMicroUsd, add(month.spentMicroUsd, month.heldMicroUsd)));
  return minOf(percentOf(limitMicroUsd, percent), unused);
}

// Hundreds and the rest apart: the limit times the percentage may be past what a number holds exactly.
function percentOf(amount: MicroUsd, percent: number): MicroUsd {
  return microUsd(Math.floor(amount / 100) * percent + Math.floor(((amount % 100) * percent) / 100));
}
