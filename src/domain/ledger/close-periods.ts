import { openMissing } from './open-missing';
import type { AnswerOf, ClosePeriods } from './operation';
import type { Draft } from './rows';

/**
 * Closes every period of a budget that ended by `at` and was not closed: months that nobody touched too, and those of a budget
 * that was removed. It writes down when; all else that a statement says was there already. Again, it changes nothing.
 */
export function closePeriods(draft: Draft, { budgetId, at }: ClosePeriods): AnswerOf['closePeriods'] {
  const budget = draft.budget(budgetId);
  const isComplete = budget === undefined || openMissing(draft, budget, at);
  const ended = draft.balances(budgetId, Number.MIN_SAFE_INTEGER).filter(({ period, closedAt }) => closedAt === null && period.end <= at);
  // While months are missing one stays open, so that whoever looks for budgets to close finds this one again.
  const closing = isComplete ? ended : ended.slice(0, -1);
  for (const balance of closing) draft.putBalance({ ...balance, closedAt: at });
  return { closed: closing.length, isComplete };
}
