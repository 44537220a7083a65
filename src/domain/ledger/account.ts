import type { Balance, Counters, Period } from '../balance';
import type { Budget } from '../budget';
import type { Account } from '../decision';
import { ZERO } from '../money';
import { dayContaining, monthContaining } from '../period';
import type { Rows } from './rows';

const UNTOUCHED: Counters = { spentMicroUsd: ZERO, heldMicroUsd: ZERO, executions: 0 };

/** A budget with the balance that runs at `at`: the stored row, or a new one where nothing touched that month yet. */
export function accountAt(rows: Pick<Rows, 'balances'>, budget: Budget, at: number): Account {
  const stored = rows.balances(budget.budgetId, at);
  const running = stored.find(({ period }) => period.start <= at && at < period.end);
  return { budget, balance: running === undefined ? openBalance(budget, at, stored) : rollDay(running, at) };
}

/** The row of a month that has begun, with its running day moved on to `at`. A day never runs backwards. */
export function rollDay(balance: Balance, at: number): Balance {
  if (at < balance.day.end || at >= balance.period.end) return balance;
  return { ...balance, day: { ...UNTOUCHED, ...within(dayContaining(at, balance.timeZone), balance.period) } };
}

// A change of zone or anchor day must not make two rows overlap: a new row fills the gap that its neighbours leave.
function openBalance(budget: Budget, at: number, neighbours: readonly Balance[]): Balance {
  const gap = {
    start: Math.max(-Infinity, ...neighbours.filter(({ period }) => period.end <= at).map(({ period }) => period.end)),
    end: Math.min(Infinity, ...neighbours.filter(({ period }) => period.start > at).map(({ period }) => period.start)),
  };
  const period = within(monthContaining(at, budget.timeZone, budget.anchorDay), gap);
  return {
    budgetId: budget.budgetId,
    period,
    timeZone: budget.timeZone,
    carriedInMicroUsd: ZERO,
    month: UNTOUCHED,
    day: { ...UNTOUCHED, ...within(dayContaining(at, budget.timeZone), period) },
  };
}

function within(period: Period, bounds: Period): Period {
  return { start: Math.max(period.start, bounds.start), end: Math.min(period.end, bounds.end) };
}
