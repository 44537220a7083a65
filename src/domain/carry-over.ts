import type { Counters } from './balance';
import { add, clampToZero, microUsd, minOf, subtract, ZERO, type MicroUsd } from './money';

/** What of a month that ended counts for the next one. */
export interface EndedMonth {
  readonly limitMicroUsd: MicroUsd | null;
  readonly month: Pick<Counters, 'spentMicroUsd' | 'heldMicroUsd'>;
}

/**
 * What a month hands on to the next: what of its limit is left unused, at most `percent` of the limit, rounded down. What it
 * was handed itself counts for nothing, so carry-over never compounds; what is still held counts as spent until it settles.
 */
export function carryOver({ limitMicroUsd, month }: EndedMonth, percent: number): MicroUsd {
  if (limitMicroUsd === null || percent === 0) return ZERO;
  const unused = clampToZero(subtract(limitMicroUsd, add(month.spentMicroUsd, month.heldMicroUsd)));
  return minOf(percentOf(limitMicroUsd, percent), unused);
}

// Hundreds and the rest apart: the limit times the percentage may be past what a number holds exactly.
function percentOf(amount: MicroUsd, percent: number): MicroUsd {
  return microUsd(Math.floor(amount / 100) * percent + Math.floor(((amount % 100) * percent) / 100));
}
