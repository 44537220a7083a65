import type { Budget } from '../budget';
import { openBalance } from './account';
import type { Draft } from './rows';

/** How many rows one operation makes for months that nobody touched, so that no clock far ahead makes it endless. */
const MOST_NEW_ROWS = 120;

/**
 * Makes a budget's rows from its first to the one that runs at `at` follow one another without a gap. False when more are missing
 * than one operation makes.
 */
export function openMissing(draft: Draft, budget: Budget, at: number): boolean {
  const rows = [...draft.balances(budget.budgetId, Number.MIN_SAFE_INTEGER)];
  let opened = 0;
  for (const [index, { period }] of rows.entries()) {
    const { end } = period;
    if (end > at || rows[index + 1]?.period.start === end) continue;
    if (opened === MOST_NEW_ROWS) return false;
    const missing = openBalance(budget, end, rows);
    draft.putBalance(missing);
    rows.splice(index + 1, 0, missing);
    opened += 1;
  }
  return true;
}
