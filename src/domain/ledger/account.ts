import type { Balance, Counters, Period } from '../balance';
import type { Budget } from '../budget';
import { carryOver } from '../carry-over';
import type { Account } from '../decision';
import { add, ZERO } from '../money';
import { dayContaining, monthContaining } from '../period';
import { inForce, raisedAt } from '../raise';
import type { Draft, Rows } from './rows';

const UNTOUCHED: Counters = { spentMicroUsd: ZERO, heldMicroUsd: ZERO, executions: 0 };

/** A budget as it counts at `at`, with the balance that runs then: the stored row, or a new one where nothing touched that month yet. */
export function accountAt(rows: Pick<Rows, 'balances'>, budget: Budget, at: number): Account {
  const stored = rows.balances(budget.budgetId, at);
  const running = stored.find(({ period }) => period.start <= at && at < period.end);
  return { budget: inForce(budget, at), balance: running === undefined ? openBalance(budget, at, stored) : rollDay(running, at) };
}

/** The same in a draft, which finds the row that runs without making a list of rows. */
export function accountIn(draft: Draft, budget: Budget, at: number): Account {
  const running = draft.balanceAt(budget.budgetId, at);
  return running === undefined ? accountAt(draft, budget, at) : { budget: inForce(budget, at), balance: rollDay(running, at) };
}

/** A budget with one of its rows, as they count at `at`. Of a month that is over, the limit is the one that it ended with, raises included. */
export function accountOn(budget: Budget, balance: Balance, at: number): Account {
  if (at < balance.period.end) return { budget: inForce(budget, at), balance };
  const { limitMicroUsd, raisedMicroUsd } = balance;
  const { limits } = inForce(budget, balance.period.end - 1);
  const monthlyMicroUsd = limitMicroUsd && add(limitMicroUsd, raisedMicroUsd);
  return { budget: { ...budget, limits: { ...limits, monthlyMicroUsd } }, balance };
}

/** The row of a month that has begun, with its running day moved on to `at`. A day never runs backwards. */
export function rollDay(balance: Balance, at: number): Balance {
  if (at < balance.day.end || at >= balance.period.end) return balance;
  return {
    ...balance,
    day: { ...UNTOUCHED, ...within(dayContaining(at, balance.timeZone), balance.period) },
    alerted: { month: balance.alerted.month, day: {} },
  };
}

/** The row that a budget has in the month of `at`, which nothing touched before. `others` are its rows before and after. */
export function openBalance(budget: Budget, at: number, others: readonly Balance[]): Balance {
  const before = others.filter(({ period }) => period.end <= at).at(-1);
  const after = others.find(({ period }) => period.start > at);
  // A change of zone or anchor day must not make two rows overlap: a new row fills the gap that its neighbours leave.
  const gap = { start: before?.period.end ?? -Infinity, end: after?.period.start ?? Infinity };
  const period = within(monthContaining(at, budget.timeZone, budget.anchorDay), gap);
  // Also in a month that time has passed by: whoever changes a budget makes the rows that are missing first.
  const limitMicroUsd = budget.limits.monthlyMicroUsd;
  const rolloverPercent = before === undefined ? 0 : budget.rolloverPercent;
  // A month that nobody touched has used nothing of its limit, which is this one's.
  const untouched = within(monthContaining(period.start - 1, budget.timeZone, budget.anchorDay), gap);
  const ended = before?.period.end === period.start ? before : { limitMicroUsd, month: UNTOUCHED, period: untouched };
  return {
    budgetId: budget.budgetId,
    period,
    timeZone: budget.timeZone,
    limitMicroUsd,
    // Whoever puts a raise makes the row of that time: one that is put already counts here from the start, whoever touches the row when.
    raisedMicroUsd: before === undefined ? ZERO : raisedAt(budget, period.start),
    rolloverPercent,
    carriedInMicroUsd: carryOver(ended, rolloverPercent),
    month: UNTOUCHED,
    day: { ...UNTOUCHED, ...within(dayContaining(at, budget.timeZone), period) },
    alerted: { month: {}, day: {} },
    peakMicroUsd: ZERO,
    midwayMicroUsd: ZERO,
    lateMicroUsd: ZERO,
    closedAt: null,
  };
}

function within(period: Period, bounds: Period): Period {
  return { start: Math.max(period.start, bounds.start), end: Math.min(period.end, bounds.end) };
}
