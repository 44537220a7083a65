import { DomainError, DomainErrorCode } from '../errors';
import { openPlainAttempt, withoutUnstartedWork } from './attempt';
import { close } from './close';
import { decideAnew } from './grant';
import { barRun, blankHold, HoldState, isHeld, isOverdue, receiptOf, type Hold } from './hold';
import type { Reserve, ReserveAnswer } from './operation';
import type { Draft } from './rows';

/**
 * Decides a call and holds its estimate. The same key and body get the same answer, except that a settled key never
 * grants again, nor one whose work another run is at. Throws KeyConflict for the same key with another body, and ScopeRequired for a call that leaves out what the policy
 * requires, where it is decided: a known key keeps its answer.
 */
export function reserve(draft: Draft, request: Reserve): ReserveAnswer {
  const existing = draft.hold(request.key);
  if (existing === undefined) return decideReserve(draft, newHold(draft, request), request);
  const isSameRun = request.run !== null && existing.runId === request.run.runId;
  // A late message of a run that nobody waits for: whatever the key is now, this run is not granted it.
  if (request.run !== null && existing.barredRunIds.includes(request.run.runId)) return takenAnswer(existing);
  if (existing.state === HoldState.barred) {
    return decideReserve(draft, { ...newHold(draft, request), barredRunIds: existing.barredRunIds }, request);
  }
  if (existing.fingerprint !== request.fingerprint) {
    throw new DomainError(
      DomainErrorCode.keyConflict,
      `Key ${request.key} belongs to another request: use a new key, or send the same body`,
    );
  }
  if (isGivenUp(existing)) return decideForLaterRun(draft, existing, request);
  const current = isOverdue(existing, request.at) ? close(draft, existing, 'expire', request.at) : existing;
  if (isSameRun && current.state === HoldState.expired) {
    return decideForLaterRun(draft, withoutUnstartedWork(draft, current, request.at), request);
  }
  if (isLaterRun(current, request)) return decideForLaterRun(draft, current, request);
  return current.runId === (request.run?.runId ?? null) || !isHeld(current) ? answerOf(current) : takenAnswer(current);
}

/** Its run gave the hold back, never having learnt that it was granted: nothing ran under the key, and whoever asks next may run. */
function isGivenUp({ runId, barredRunIds, state, attempts }: Hold): boolean {
  const isOver = state === HoldState.released || state === HoldState.expired;
  return isOver && runId !== null && barredRunIds.includes(runId) && !attempts.some((attempt) => attempt.runId === runId);
}

/** A workflow's retry, cron or continued run that meets the key of an earlier one: it pays for itself. */
function isLaterRun(existing: Hold, request: Reserve): boolean {
  return request.run !== null && existing.firstExecutionRunId === request.run.firstExecutionRunId && existing.runId !== request.run.runId;
}

function decideForLaterRun(draft: Draft, existing: Hold, request: Reserve): ReserveAnswer {
  const closed = close(draft, existing, 'release', request.at);
  // The run that asks takes the key over, from others and never from itself.
  const { barredRunIds } = closed.runId === request.run?.runId ? closed : barRun(closed, closed.runId);
  const { attempts, counted, reservedMicroUsd, isLate } = closed;
  // Its own tries are scheduled later than that, whatever clock the earlier run went by.
  const noTryBefore = closed.noTryBefore === null ? null : Math.min(closed.noTryBefore, request.at);
  return decideReserve(
    draft,
    { ...newHold(draft, request), attempts, counted, reservedMicroUsd, noTryBefore, isLate, barredRunIds },
    request,
  );
}

function decideReserve(draft: Draft, fresh: Hold, request: Reserve): ReserveAnswer {
  const { decision, hold } = decideAnew(draft, fresh, request.at);
  const isStarted = decision.status === 'granted' && request.startsWork;
  const decided = isStarted ? openPlainAttempt(hold, request.run?.runId ?? null, request.at) : { ...hold, decision };
  draft.putHold(decided);
  return answerOf(decided);
}

function newHold(draft: Draft, request: Reserve): Hold {
  const { key, call, fingerprint, estimateMicroUsd, at, ttlMs, run } = request;
  const runs = { runId: run?.runId ?? null, firstExecutionRunId: run?.firstExecutionRunId ?? null };
  return blankHold(
    { organizationId: draft.organizationId, key, ...runs, call, fingerprint, estimateMicroUsd, at, ttlMs },
    HoldState.denied,
  );
}

function answerOf(hold: Hold): ReserveAnswer {
  const receipt = receiptOf(hold);
  if (hold.state === HoldState.denied && hold.decision?.status === 'denied') {
    return { status: 'denied', denial: hold.decision.denial, decision: hold.decision, receipt };
  }
  if (isHeld(hold) && hold.decision?.status === 'granted') return { status: 'granted', decision: hold.decision, receipt };
  return takenAnswer(hold);
}

function takenAnswer(hold: Hold): ReserveAnswer {
  return { status: 'taken', decision: hold.decision, receipt: receiptOf(hold) };
}
