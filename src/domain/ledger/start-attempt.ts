import { DomainError, DomainErrorCode } from '../errors';
import { add, subtract, ZERO } from '../money';
import { closeOpenAttempts, finish, openAttempt, openEstimates } from './attempt';
import { close } from './close';
import { decideAnew, topUp } from './grant';
import { HoldState, isHeld, isOverdue, receiptOf, type Attempt, type Hold } from './hold';
import { holdOf } from './lookup';
import type { StartAnswer, StartAttempt } from './operation';
import type { Draft } from './rows';

/**
 * Told before a provider is called. Charges the tries that this one follows, tops the hold up to a full estimate for it,
 * and prolongs it; a hold that ended meanwhile is decided anew. A denial is final: the provider must not be called.
 * The same attempt told twice is one attempt; throws KeyConflict for one that has ended, and AttemptSuperseded for a try that comes after
 * a later one of its activity, or was scheduled before the work was over.
 */
export function startAttempt(draft: Draft, request: StartAttempt): StartAnswer {
  const known = holdOf(draft, request.key);
  const told = known.attempts.find(({ attemptId }) => attemptId === request.attemptId);
  if (told?.state === 'open' && isHeld(known)) return granted(prolonged(draft, known, request.at));
  if (known.state === HoldState.denied && known.decision?.status === 'denied') {
    return { status: 'denied', denial: known.decision.denial, receipt: receiptOf(known) };
  }
  assertNotSuperseded(known, request);
  const untold = withoutUntold(draft, known, told, request.at);
  const current = isOverdue(untold, request.at) ? close(draft, untold, 'expire', request.at) : untold;
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
  const { attemptId, activityId, runId, scheduledAt = request.at } = request;
  const started = openAttempt(hold, { attemptId, activityId, runId, scheduledAt }, request.at);
  return granted(prolonged(draft, started, request.at));
}

// A worker that was frozen may begin what the server has scheduled anew long ago: whatever it answers is told to nobody.
function assertNotSuperseded({ key, noTryBefore, barredRunIds, attempts }: Hold, request: StartAttempt): void {
  const { attemptId, activityId, runId, at, scheduledAt = at } = request;
  const isWorkOver = (noTryBefore !== null && scheduledAt < noTryBefore) || (runId !== null && barredRunIds.includes(runId));
  const isLater = (other: Attempt) =>
    activityId !== null && other.activityId === activityId && other.runId === runId && other.scheduledAt > scheduledAt;
  if (!isWorkOver && !attempts.some(isLater)) return;
  const since = isWorkOver ? 'the work was over' : 'a later try had begun';
  throw new DomainError(DomainErrorCode.attemptSuperseded, `Attempt ${attemptId} of ${key} comes too late: ${since}`);
}

function prolonged(draft: Draft, hold: Hold, at: number): Hold {
  const longer = { ...hold, expiresAt: Math.max(hold.expiresAt, at + hold.ttlMs) };
  draft.putHold(longer);
  return longer;
}

// Told again after the hold has expired: the first answer was lost, so nothing ran, and what expiry charged for it is undone.
// An attempt that ended in any other way is never begun again.
function withoutUntold(draft: Draft, hold: Hold, told: Attempt | undefined, at: number): Hold {
  if (told === undefined) return hold;
  if (hold.state !== HoldState.expired || told.state !== 'unconfirmed') {
    throw new DomainError(DomainErrorCode.keyConflict, `Attempt ${told.attemptId} of ${hold.key} has ended: a new try takes a new id`);
  }
  const undone = finish(draft, hold, told, { status: 'succeeded', costMicroUsd: ZERO }, at);
  return { ...undone, attempts: undone.attempts.filter(({ attemptId }) => attemptId !== told.attemptId) };
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
