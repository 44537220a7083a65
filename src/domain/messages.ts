import { clampToZero, formatUsd, type MicroUsd } from './money';

export type Window = 'monthly' | 'daily';

const capitalized: Record<Window, string> = { monthly: 'Monthly', daily: 'Daily' };

export const WITHIN_BUDGET = 'Within budget';
export const DEGRADED = 'Budget in degraded mode';
export const NO_BUDGET = 'No budget applies';

export function costExceeded(window: Window, remaining: MicroUsd, requested: MicroUsd): string {
  return `${capitalized[window]} budget exceeded. Remaining: ${formatUsd(clampToZero(remaining))}, Requested: ${formatUsd(requested)}`;
}

export function executionsExceeded(window: Window, limit: number): string {
  return `${capitalized[window]} execution limit exceeded. Limit: ${String(limit)}`;
}

/** Percents are rounded down: a limit that is not reached must not read as 100 %. */
export function budgetWarning(window: Window, usage: number): string {
  return `Budget warning: ${percent(usage)}% of ${window} budget used`;
}

export function degradedWarning(usage: number): string {
  return `Budget at ${percent(usage)}% - degraded mode active`;
}

/** A share of 1 in whole percent, rounded down. */
export function percent(usage: number): string {
  // A share such as .29 times 100 falls just below 29 in binary, and .999999999 must not be rounded up to 1.
  const nearest = Math.round(usage * 100);
  return String(nearest / 100 <= usage ? nearest : nearest - 1);
}
