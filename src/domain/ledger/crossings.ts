import { alertConfigOf, hasChannel, type BudgetAlertConfig } from '../alert-config';
import type { Alerted, Balance } from '../balance';
import { costLimitOf, countersOf, executionLimitOf, shareOf } from '../cost-limit';
import type { Account } from '../decision';
import type { Window } from '../messages';
import { ZERO } from '../money';
import { crossedThresholds } from '../threshold';
import { accountOn } from './account';
import { figuresOf } from './figures';
import type { Happening } from './happening';
import type { Operation } from './operation';
import type { Draft } from './rows';

const WINDOWS = [
  { window: 'month', limits: 'monthly' },
  { window: 'day', limits: 'daily' },
] as const satisfies readonly { window: 'month' | 'day'; limits: Window }[];
const KINDS = ['cost', 'executions'] as const;
const NO_COUNTERS = { spentMicroUsd: ZERO, heldMicroUsd: ZERO, executions: 0 };
const NOTHING = { month: NO_COUNTERS, day: { ...NO_COUNTERS, start: 0, end: 0 } };

/**
 * Writes down every threshold that an operation made spend or executions reach, compared with what was `before` it: of the month's
 * limit and, apart, of the day's, each once in its period (or once a cooldown, as the budget says). A lower limit makes them reach it
 * too. `agentId` is whose call it is; what an earlier call's hold is charged on the way is that call's.
 */
export function recordCrossings(draft: Draft, { kind, at }: Operation, agentId: string | null): void {
  for (const { balance, was } of draft.touchedBalances()) {
    const budget = draft.budget(balance.budgetId);
    if (budget === undefined) continue;
    const charged = kind === 'putBudget' ? undefined : (was ?? NOTHING);
    recordCrossingsOf(draft, accountOn(budget, balance, at), charged, at, agentId);
  }
}

// `was`: what must have grown for anything to be reached; undefined where it need not.
function recordCrossingsOf(
  draft: Draft,
  account: Account,
  was: Pick<Balance, 'month' | 'day'> | undefined,
  at: number,
  agentId: string | null,
): void {
  let { balance } = account;
  const before = was && rolled(was, balance);
  for (const { window, limits } of WINDOWS) {
    for (const kind of KINDS) {
      const count = countOf(account.balance, window, kind);
      if (before === undefined ? count === 0 : count <= countOf(before, window, kind)) continue;
      const usage = usageOf(account, limits, kind);
      if (usage === null) continue;
      const config = alertConfigOf(draft.policy, account.budget);
      const last = balance.alerted[window][kind];
      const thresholds = dueThresholds(config, usage, last, at);
      if (thresholds.length === 0) continue;
      const sequence = last !== undefined && last.threshold >= Math.max(...thresholds) ? last.sequence + 1 : (last?.sequence ?? 0);
      const told: Alerted = { threshold: Math.max(last?.threshold ?? 0, ...thresholds), at, sequence };
      balance = { ...balance, alerted: { ...balance.alerted, [window]: { ...balance.alerted[window], [kind]: told } } };
      if (!hasChannel(config)) continue;
      const whose = agentOfLastCharge(draft, balance) ?? agentId;
      const crossing = { what: 'crossing' as const, sequence, at, usage, reason: null, agentId: whose };
      for (const threshold of thresholds) draft.tell({ ...happeningOf(account, window, kind), ...crossing, threshold });
    }
  }
  if (balance !== account.balance) draft.putBalance(balance);
}

/** What all happenings of a window have in common. */
export function happeningOf(
  account: Account,
  window: 'month' | 'day',
  kind: 'cost' | 'executions',
): Pick<Happening, 'budgetId' | 'window' | 'kind' | 'windowStart' | 'count' | 'month' | 'day' | 'closed'> {
  const figures = figuresOf(account);
  return { budgetId: account.budget.budgetId, window, kind, windowStart: figures[window].start, count: 1, closed: null, ...figures };
}

// A reserve ends others' overdue holds, and a sweep many: what they are charged is not the caller's doing.
function agentOfLastCharge(draft: Draft, { budgetId, period }: Balance): string | null {
  const charge = draft.newEntries().findLast((entry) => {
    return entry.budgetId === budgetId && entry.periodStart === period.start && entry.spentMicroUsd > 0;
  });
  return charge === undefined ? null : (draft.hold(charge.key)?.call.agentId ?? null);
}

// Those above the highest so far. Where a threshold may be told again, the highest that still holds, once the cooldown is over.
function dueThresholds(
  { thresholds, alertOncePerThreshold, cooldownMinutes }: BudgetAlertConfig,
  usage: number,
  last: Alerted | undefined,
  at: number,
): number[] {
  const crossed = crossedThresholds(thresholds, usage, last?.threshold ?? 0);
  if (crossed.length > 0 || alertOncePerThreshold || last === undefined || at < last.at + cooldownMinutes * 60_000) return crossed;
  return crossedThresholds(thresholds, usage, 0).slice(-1);
}

function usageOf(account: Account, window: Window, kind: 'cost' | 'executions'): number | null {
  const { spentMicroUsd, executions } = countersOf(account, window);
  if (kind === 'cost') {
    const limit = costLimitOf(account, window);
    return limit && shareOf(spentMicroUsd, limit.baseMicroUsd);
  }
  const limit = executionLimitOf(account, window);
  return limit === null ? null : shareOf(executions, limit);
}

function countOf(balance: Pick<Balance, 'month' | 'day'>, window: 'month' | 'day', kind: 'cost' | 'executions'): number {
  const { spentMicroUsd, executions } = balance[window];
  return kind === 'cost' ? spentMicroUsd : executions;
}

// Another day than the one before has had nothing yet.
function rolled(was: Pick<Balance, 'month' | 'day'>, now: Balance): Pick<Balance, 'month' | 'day'> {
  return was.day.start === now.day.start ? was : { month: was.month, day: NOTHING.day };
}
