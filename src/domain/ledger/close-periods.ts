import { alertConfigOf, hasChannel } from '../alert-config';
import type { Balance } from '../balance';
import type { Budget } from '../budget';
import { shareOf } from '../cost-limit';
import { accountIn, accountOn } from './account';
import { happeningOf } from './crossings';
import { windowFigures } from './figures';
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
  const last = closing.at(-1);
  if (budget !== undefined && last !== undefined) tellReset(draft, budget, last, at);
  return { closed: closing.length, isComplete };
}

// Of the last period only: who closes a year at once need not tell of each of its months.
function tellReset(draft: Draft, budget: Budget, row: Balance, at: number): void {
  if (!hasChannel(alertConfigOf(draft.policy, budget))) return;
  const closed = windowFigures(accountOn(budget, row, at), 'monthly');
  const usage = closed.limitMicroUsd === null ? 0 : shareOf(closed.spentMicroUsd, closed.limitMicroUsd);
  const reset = { what: 'reset' as const, threshold: 0, sequence: 0, at, usage, reason: null, agentId: null };
  draft.tell({ ...happeningOf(accountIn(draft, budget, at), 'month', 'cost'), ...reset, windowStart: closed.start, closed });
}
