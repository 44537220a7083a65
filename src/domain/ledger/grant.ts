import { decide, type Account, type Decision, type DecisionRequest } from '../decision';
import { add, type MicroUsd } from '../money';
import { inForce } from '../raise';
import type { Scope } from '../scope';
import { accountIn, rollDay } from './account';
import { close } from './close';
import { HoldState, type Hold, type HoldLine } from './hold';
import { afterMoving, balanceOf, holdMore, lineOf } from './movement';
import type { Draft } from './rows';

/** Decides a hold by the budgets and balances of `at`; when granted, holds its estimate and counts an execution. */
export function decideAnew(draft: Draft, hold: Hold, at: number): { decision: Decision; hold: Hold } {
  const { key, call, estimateMicroUsd } = hold;
  const request = { call, estimateMicroUsd, executions: 1 as const };
  const { decision, accounts } = decideWithoutOverdue(draft, () => accountsFor(draft, call, at), request, { at, asking: key });
  if (decision.status === 'denied') return { decision, hold };
  const lines = accounts.map(({ balance }): HoldLine => {
    const { budgetId, period, day } = balance;
    draft.putBalance(afterMoving(balance, day.start, { heldMicroUsd: estimateMicroUsd, executions: 1 }));
    return { budgetId, periodStart: period.start, dayStart: day.start, heldInDayMicroUsd: estimateMicroUsd };
  });
  const opened: Hold = {
    ...hold,
    state: HoldState.held,
    decision,
    lines,
    heldMicroUsd: estimateMicroUsd,
    reservedMicroUsd: add(hold.reservedMicroUsd, estimateMicroUsd),
    hasStarted: false,
    counted: [...hold.counted, ...lines.map(lineOf)],
    expiresAt: at + hold.ttlMs,
    settledAt: null,
  };
  return { decision, hold: opened };
}

/** Decides whether a hold may grow by `amount` in the month it was made in; no new execution. */
export function topUp(draft: Draft, hold: Hold, amount: MicroUsd, at: number): { decision: Decision; hold: Hold } {
  const accounts = () =>
    draft.budgets(hold.call).flatMap((budget): Account[] => {
      const line = hold.lines.find(({ budgetId }) => budgetId === budget.budgetId);
      if (line === undefined) return [];
      const balance = rollDay(balanceOf(draft, line), at);
      // Of a month that is over, what was in force at its end: a raise for the period does not end under work that straddles it.
      return [{ budget: inForce(budget, Math.min(at, balance.period.end - 1)), balance }];
    });
  const request = { call: hold.call, estimateMicroUsd: amount, executions: 0 as const };
  const { decision } = decideWithoutOverdue(draft, accounts, request, { at, asking: hold.key });
  return { decision, hold: decision.status === 'denied' ? hold : holdMore(draft, hold, amount, at) };
}

/** The budgets that limit a call, as they count at `at`. */
export function accountsFor(draft: Draft, call: Scope, at: number): Account[] {
  return draft.budgets(call).map((budget) => accountIn(draft, budget, at));
}

/**
 * Decides after ending what stands in the way and should have ended by `at`, but for the hold that asks: money that an overdue
 * hold blocks was spent by nobody, and must never be the cause of a denial. Looked up only when one looms.
 */
export function decideWithoutOverdue(
  draft: Draft,
  accountsNow: () => readonly Account[],
  request: DecisionRequest,
  { at, asking }: { at: number; asking: string | null },
): { decision: Decision; accounts: readonly Account[] } {
  // A hold that no budget limited has nothing to grow into: deciding it as a new call could deny it for lack of a budget.
  const policy = request.executions === 0 ? { ...draft.policy, noBudget: 'allow' as const } : draft.policy;
  const accounts = accountsNow();
  const decision = decide(accounts, request, policy);
  if (decision.status === 'granted') return { decision, accounts };
  const overdue = draft.overdue(at).filter(({ key }) => key !== asking);
  if (overdue.length === 0) return { decision, accounts };
  for (const other of overdue) close(draft, other, 'expire', at);
  const accountsLeft = accountsNow();
  return { decision: decide(accountsLeft, request, policy), accounts: accountsLeft };
}
