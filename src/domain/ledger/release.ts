import { DomainError, DomainErrorCode } from '../errors';
import { ZERO } from '../money';
import { plainAttemptOf, withoutAttempt, withoutUnstartedWork } from './attempt';
import { close } from './close';
import { barRun, blankHold, HoldState, isHeld, isTakenFrom, receiptOf, type Hold, type Receipt } from './hold';
import { holdOf } from './lookup';
import { uncountExecution } from './movement';
import type { Release, Run } from './operation';
import type { Draft } from './rows';

/**
 * Gives a hold back; releasing again is a no-op. What was to start with the grant did not, says who releases: it is not charged,
 * and where an expiry assumed its cost, that is undone. Throws HoldCommitted after a commit. An unknown key is HoldNotFound,
 * or, on behalf of a run that may still have a reserve under way, barred for that run.
 */
export function release(draft: Draft, request: Release): Receipt {
  const existing = draft.hold(request.key);
  if (request.onBehalfOf !== null) return releaseForRun(draft, existing, request, request.onBehalfOf);
  const hold = holdOf(draft, request.key);
  if (hold.state === HoldState.committed) {
    throw new DomainError(DomainErrorCode.holdCommitted, `Hold ${request.key} was committed: what is charged cannot be released`);
  }
  return receiptOf(close(draft, unspent(draft, hold, request.at), 'release', request.at));
}

function unspent(draft: Draft, hold: Hold, at: number): Hold {
  const plain = plainAttemptOf(hold);
  if (plain === undefined) return hold;
  if (isHeld(hold)) return plain.state === 'open' ? withoutAttempt(hold, plain) : hold;
  if (hold.state !== HoldState.expired || plain.state !== 'unconfirmed') return hold;
  const corrected = withoutAttempt(withoutUnstartedWork(draft, hold, at), plain);
  const uncounted = corrected.hasStarted ? corrected : uncountExecution(draft, corrected);
  draft.putHold(uncounted);
  return uncounted;
}

function releaseForRun(draft: Draft, existing: Hold | undefined, request: Release, run: Run): Receipt {
  if (existing === undefined) return receiptOf(barred(draft, nothingHeld(draft, request, run), run));
  // Under a caller's key the hold may be another workflow's, which goes on.
  if (existing.firstExecutionRunId !== run.firstExecutionRunId || isTakenFrom(existing, run.runId)) return receiptOf(existing);
  const isOwn = existing.runId === run.runId;
  // A later run has reserved since this one gave up.
  if (!isOwn && existing.at >= request.at) return receiptOf(barred(draft, existing, run));
  const closed = close(draft, isOwn ? unspent(draft, existing, request.at) : existing, 'release', request.at);
  return receiptOf(barred(draft, closed, run));
}

function barred(draft: Draft, hold: Hold, { runId }: Run): Hold {
  const marked = barRun(hold, runId);
  draft.putHold(marked);
  return marked;
}

function nothingHeld(draft: Draft, { key, at }: Release, { runId, firstExecutionRunId }: Run): Hold {
  const { organizationId } = draft;
  const call = { organizationId, teamId: null, userId: null, agentId: null };
  const beginnings = { organizationId, key, runId, firstExecutionRunId, call, fingerprint: '', estimateMicroUsd: ZERO, at, ttlMs: 0 };
  return blankHold(beginnings, HoldState.barred);
}
