import { sumOfProductsInMicro } from './decimal';
import { InvalidAmount } from './errors';

/** An amount of money: a safe integer of micro-US-dollars (1 USD = 1,000,000). Negative only where a balance or a correction is. */
export type MicroUsd = number & { readonly __unit: 'MicroUsd' };

export const ZERO = 0 as MicroUsd;

/**
 * The most that one call may cost, or be assumed to: every edge takes an amount of more for a mistake. So thousands of them fit into one
 * budget's month before its sum would be past 2^53.
 */
export const LARGEST_COST_USD = 1_000_000;

/** The highest limit that an edge takes. What carry-over and raises may add to it stays below 2^53 micro-USD. */
export const LARGEST_LIMIT_USD = 1_000_000_000;

/** Takes an integer of micro-USD as money. Throws InvalidAmount unless it is a safe integer. */
export function microUsd(amount: number): MicroUsd {
  if (!Number.isSafeInteger(amount)) throw new InvalidAmount(`${String(amount)} is not a safe integer of micro-USD`);
  return (amount === 0 ? 0 : amount) as MicroUsd;
}

/**
 * Converts a non-negative USD number to micro-USD, rounded half up at the sixth decimal of its shortest decimal notation
 * (so 1.0000005 rounds as it is written, whatever its binary neighbour is). A positive amount never becomes 0.
 * Throws InvalidAmount for NaN, infinities, negatives and amounts past 2^53 micro-USD.
 */
export function fromUsd(usd: number): MicroUsd {
  if (!Number.isFinite(usd) || usd < 0) throw new InvalidAmount(`${String(usd)} is not an amount of USD: it must be a finite number >= 0`);
  return microUsd(sumOfProductsInMicro([[usd]]));
}

/** The same amount as a plain USD number of at most 6 decimals. */
export function toUsd(amount: MicroUsd): number {
  return amount / 1_000_000;
}

/** A sum for a report, which must not fail: past the largest amount that there is, it is that amount. */
export function capped(sum: number): MicroUsd {
  return microUsd(Math.min(sum, Number.MAX_SAFE_INTEGER));
}

export function add(...amounts: readonly MicroUsd[]): MicroUsd {
  let sum = ZERO;
  for (const amount of amounts) sum = microUsd(sum + amount);
  return sum;
}

export function subtract(from: MicroUsd, amount: MicroUsd): MicroUsd {
  return microUsd(from - amount);
}

export function minOf(a: MicroUsd, b: MicroUsd): MicroUsd {
  return a < b ? a : b;
}

export function maxOf(a: MicroUsd, b: MicroUsd): MicroUsd {
  return a > b ? a : b;
}

/** Negative amounts become 0: how an overdrawn balance is shown. */
export function clampToZero(amount: MicroUsd): MicroUsd {
  return amount < 0 ? ZERO : amount;
}

/** `$5.00`, `$0.000001`: at least 2 and at most 6 decimals. */
export function formatUsd(amount: MicroUsd): string {
  const sign = amount < 0 ? '-' : '';
  const digits = String(Math.abs(amount)).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${sign}$${digits.slice(0, -6)}.${decimals}`;
}
