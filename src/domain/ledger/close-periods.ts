import type { Budget } from '../budget';
import { openBalance } from './account';
import type { AnswerOf, ClosePeriods } from './operation';
import type { Draft } from './rows';

/** How many rows one closing makes for months that nobody touched, so that no clock far ahead makes it endless. */
const MOST_NEW_ROWS = 120;

/**
 * Closes every period of a budget that ended by `at` and was not closed: months that nobody touched too, and those of a budget
 * that was removed. It writes down when; all else that a statement says was there already. Again, it changes nothing.
 */
export function closePeriods(draft: Draft, { budgetId, at }: ClosePeriods): AnswerOf['closePeriods'] {
  const budget = draft.budget(budgetId);
  const isComplete = budget === undefined || openMissing(draft, budget, at);
  const ended = draft.balances(budgetId, Number.MIN_SAFE_INTEGER).filter(({ period, closedAt }) => closedAt === null && period.end <= at);
  for (const balance of ended) draft.putBalance({ ...balance, closedAt: at });
  return { closed: ended.length, isComplete };
}

// From the first row to the one that runs at `at`, without a gap.
function openMissing(draft: Draft, budget: Budget, at: number): boolean {
  const rows = [...draft.balances(budget.budgetId, Number.MIN_SAFE_INTEGER)];
  let opened = 0;
  for (const [
    index,
    {
      period: { end },
    },
  ] of rows.entries()) {
    if (end > at || rows[index + 1]?.period.start === end) continue;
    if (opened === MOST_NEW_ROWS) return false;
    const missing = openBalance(budget, end, rows);
    draft.putBalance(missing);
    rows.splice(index + 1, 0, missing);
    opened += 1;
  }
  return true;
}
