import type { Period } from './balance';
import { capped, type MicroUsd } from './money';

const DAY_MS = 86_400_000;

/**
 * What will have been spent at the period's end if spending goes on as it did until `at`: spent x length / elapsed, rounded
 * down. Null in the period's first day, too early to tell; after its end, what was spent.
 */
export function forecast(spentMicroUsd: MicroUsd, { start, end }: Period, at: number): MicroUsd | null {
  if (at >= end) return spentMicroUsd;
  const elapsed = at - start;
  if (elapsed < DAY_MS) return null;
  const exact = (BigInt(spentMicroUsd) * BigInt(end - start)) / BigInt(elapsed);
  return capped(Number(exact));
}

/** Whether `at` lies in the period's first half. */
export function isFirstHalf({ start, end }: Period, at: number): boolean {
  return at - start < end - at;
}
