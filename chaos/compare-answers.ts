import type { Answered } from './callers';
import type { Behaviour, Call, Invocation } from './plan';
import type { Records } from './records';

/** Agents that answer every time, unless somebody stops them; and those that never do. */
const WILLING: readonly Behaviour[] = ['quick', 'slow', 'stream', 'lie'];
/** Why a call of a willing agent may fail all the same, where things are killed: every try was cut off. */
const CUT_OFF = ['AttemptInterrupted', 'TimeoutFailure', 'ledger_unavailable'];
/** How often an agent is asked at most. */
const MOST_TRIES = 4;

/** Answers that a call cannot get, by what its agent does. */
export function answersIn({ calls, outcomes, agents, hasFaults }: Records): string[] {
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
  return found;
}

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
