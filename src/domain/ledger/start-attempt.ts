import { subtract, add } from '../money';
import { closeOpenAttempts, openAttempt, openEstimates } from './attempt';
import { close } from './close';
import { decideAnew, topUp } from './grant';
import { HoldState, isHeld, isOverdue, receiptOf, type Hold } from './hold';
import { holdOf } from './lookup';
import type { StartAnswer, StartAttempt } from './operation';
import type { Draft } from './rows';

/**
 * Told before a provider is called. Charges the tries that this one follows, tops the hold up to a full estimate for it,
 * and prolongs it; a hold that ended meanwhile is decided anew. A denial is final: the provider must not be called.
 * The same attempt told twice is one attempt.
 */
export function startAttempt(draft: Draft, request: StartAttempt): StartAnswer {
  const known = holdOf(draft, request.key);
  if (known.attempts.some(({ attemptId, state }) => attemptId === request.attemptId && state === 'open')) return granted(known);
  if (known.state === HoldState.denied && known.decision?.status === 'denied') {
    return { status: 'denied', denial: known.decision.denial, receipt: receiptOf(known) };
  }
  const current = isOverdue(known, request.at) ? close(draft, known, 'expire', request.at) : known;
  // Charged whatever is decided next: what went before was spent.
  const charged = closeOpenAttempts(
    draft,
    current,
    request.at,
    ({ activityId, runId }) => activityId === request.activityId || runId !== request.runId,
  );
  draft.putHold(charged);
  const { decision, hold } = isHeld(charged) ? grow(draft, charged, request.at) : decideAnew(draft, charged, request.at);
  if (decision.status === 'denied') return { status: 'denied', denial: decision.denial, receipt: receiptOf(hold) };
  const { attemptId, activityId, runId } = request;
  const expiresAt = Math.max(hold.expiresAt, request.at + hold.ttlMs);
  const started = openAttempt({ ...hold, expiresAt }, { attemptId, activityId, runId }, request.at);
  draft.putHold(started);
  return granted(started);
}

function grow(draft: Draft, hold: Hold, at: number): ReturnType<typeof topUp> {
  const missing = subtract(add(openEstimates(hold), hold.estimateMicroUsd), hold.heldMicroUsd);
  if (missing > 0) return topUp(draft, hold, missing, at);
  if (hold.decision === null) throw new Error(`Hold ${hold.key} is held without a decision`);
  return { decision: hold.decision, hold };
}

function granted(hold: Hold): StartAnswer {
  return { status: 'granted', receipt: receiptOf(hold) };
}
