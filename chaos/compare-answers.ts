import type { Answered } from './callers';
import { DAILY, DIRECT } from './budgets';
import { hasCrossed } from './compare-ledger';
import type { Behaviour, Call, Invocation } from './plan';
import type { Records } from './records';

/** Agents that answer every time, unless somebody stops them; and those that never do. */
const WILLING: readonly Behaviour[] = ['quick', 'slow', 'stream', 'lie'];
/** Why a call of a willing agent may fail all the same, where things are killed: every try was cut off. */
const CUT_OFF = ['AttemptInterrupted', 'TimeoutFailure', 'ledger_unavailable'];
/** How often an agent is asked at most. */
const MOST_TRIES = 4;

/** From so many calls on, all kinds of answers must be there. */
const ENOUGH = 30;
const LEAST_COMPLETED = 0.25;
const LEAST_DENIED = 0.05;
/** From so many on, a month must have ended; and from so many, a day, and every kind of hard limit have denied somebody. */
const ENOUGH_FOR_MONTHS = 60;
const ENOUGH_FOR_ALL = 1_000;

/** Answers that this call cannot get, by what its agent does; and a run whose calls were all the same, or that saw no month end. */
export function answersIn(records: Records): string[] {
  const { calls, outcomes, agents, hasFaults } = records;
  const found: string[] = [];
  const asked = new Map<number, number>();
  for (const { call } of agents) asked.set(call, (asked.get(call) ?? 0) + 1);
  for (const call of calls) {
    const outcome = outcomes.get(call.number);
    if (outcome === undefined) continue;
    const what =
      call.way === 'direct'
        ? ofDirect(call, outcome, hasFaults)
        : ofInvocation(call, outcome, { asked: asked.get(call.number) ?? 0, hasFaults });
    if (what !== null) found.push(`${call.key} (${call.way === 'direct' ? call.use : call.behaviour}) ${what}`);
  }
  const share = (status: string) => [...outcomes.values()].filter((outcome) => outcome.status === status).length / calls.length;
  if (calls.length >= ENOUGH) {
    if (share('completed') < LEAST_COMPLETED) found.push(`only ${String(share('completed'))} of the calls completed`);
    if (share('denied') < LEAST_DENIED) found.push(`only ${String(share('denied'))} of the calls were denied`);
  }
  if (records.budgets.some(({ budgetId }) => budgetId === DIRECT)) found.push(...unseen(records));
  return found;
}

/** What a run of this size must have seen in the organization that has all kinds of budgets. */
function unseen(records: Records): string[] {
  const { calls, budgets, ledger } = records;
  const found: string[] = [];
  if (calls.length >= ENOUGH_FOR_MONTHS && !hasCrossed(records, DIRECT, 'month')) found.push('no month ended');
  if (calls.length < ENOUGH_FOR_ALL) return found;
  for (const budgetId of Object.values(DAILY)) if (!hasCrossed(records, budgetId, 'day')) found.push(`no day of ${budgetId} ended`);
  const hard = new Set(budgets.filter(({ mode }) => mode === 'hard').map(({ budgetId }) => budgetId));
  const denied = [...ledger.holds.values()].flatMap(({ decision }) => (decision?.status === 'denied' ? [decision.denial] : []));
  const codes = new Set(denied.flatMap(({ budgetId, code }) => (budgetId !== null && hard.has(budgetId) ? [code] : [])));
  for (const code of LIMITS) if (!codes.has(code)) found.push(`nobody was denied for ${code}`);
  return found;
}

const LIMITS = ['monthly_cost', 'daily_cost', 'monthly_executions', 'daily_executions'] as const;

function ofDirect({ use }: Extract<Call, { way: 'direct' }>, { status, reason }: Answered, hasFaults: boolean): string | null {
  const ends = { commit: ['completed', 'denied'], release: ['cancelled', 'denied'], abandon: ['failed', 'denied'], charge: ['completed'] };
  if (ends[use].includes(status)) return null;
  // It was granted, and its caller was told so by nobody for as long as a hold lives.
  return status === 'failed' && reason === 'expired' && hasFaults ? null : `${status}: ${String(reason)}`;
}

function ofInvocation(
  { behaviour, interference }: Invocation,
  { status, reason }: Answered,
  { asked, hasFaults }: { readonly asked: number; readonly hasFaults: boolean },
): string | null {
  const isWilling = WILLING.includes(behaviour);
  if (asked > MOST_TRIES) return `was asked ${String(asked)} times`;
  if (status === 'completed' && asked === 0) return 'completed, and its agent was never asked';
  if (status === 'completed' && !isWilling) return 'completed';
  if (interference !== null) return null;
  if (status === 'cancelled') return 'was cancelled by nobody';
  if (status === 'failed' && isWilling && !(hasFaults && CUT_OFF.includes(reason ?? ''))) return `failed: ${String(reason)}`;
  if (!hasFaults && isWilling && asked > 1) return `was asked ${String(asked)} times, without a reason`;
  return null;
}
