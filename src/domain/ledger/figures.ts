import { costLimitOf, countersOf, executionLimitOf } from '../cost-limit';
import type { Account } from '../decision';
import type { Window } from '../messages';
import type { Figures, Happening } from './happening';

/** What a happening has of the account that it happened to. */
export function figuresOf(account: Account): Pick<Happening, 'month' | 'day'> {
  return { month: windowFigures(account, 'monthly'), day: windowFigures(account, 'daily') };
}

export function windowFigures(account: Account, window: Window): Figures {
  const { period, day } = account.balance;
  const { start, end } = window === 'monthly' ? period : day;
  const { spentMicroUsd, executions } = countersOf(account, window);
  const limitMicroUsd = costLimitOf(account, window)?.baseMicroUsd ?? null;
  return { start, end, limitMicroUsd, spentMicroUsd, executions, executionLimit: executionLimitOf(account, window) };
}
