import { finish, openPlainAttempt, plainAttemptOf } from './attempt';
import { close } from './close';
import { HoldState, isHeld, isTakenFrom, receiptOf, type Hold, type Receipt } from './hold';
import { grantedHoldOf, holdOf } from './lookup';
import { countExecution } from './movement';
import type { Commit } from './operation';
import type { Draft } from './rows';

/**
 * Charges work that recorded no attempts, and ends its hold. Once: the same amount again answers the same, another one is
 * a KeyConflict. After expiry or release the money was spent all the same: it is charged and marked late.
 */
export function commit(draft: Draft, request: Commit): Receipt {
  const known = holdOf(draft, request.key);
  if (isTakenFrom(known, request.runId)) return receiptOf(ofEarlierRun(draft, known, request));
  const hold = grantedHoldOf(draft, request.key);
  // Where nothing started under the decision in force, a plain attempt is an earlier run's, which paid for itself.
  const isStarted = hold.hasStarted && plainAttemptOf(hold) !== undefined;
  const started = isStarted ? hold : openPlainAttempt(recounted(draft, hold), hold.runId, request.at);
  const attempt = plainAttemptOf(started);
  if (attempt === undefined) throw new Error(`Hold ${hold.key} lost its attempt`);
  const charged = finish(draft, started, attempt, request.outcome, request.at);
  const closed = close(draft, charged, 'commit', request.at);
  const committed: Hold = { ...closed, state: HoldState.committed };
  draft.putHold(committed);
  return receiptOf(committed);
}

// What it charges is its own attempt, and what the later run holds stays.
function ofEarlierRun(draft: Draft, hold: Hold, { runId, outcome, at }: Commit): Hold {
  const own = hold.attempts.findLast((attempt) => attempt.activityId === null && attempt.runId === runId);
  if (own === undefined) return hold;
  const charged = finish(draft, hold, own, outcome, at);
  draft.putHold(charged);
  return charged;
}

// A release gave the execution back because nothing had run; now something turns out to have.
function recounted(draft: Draft, hold: Hold): Hold {
  return isHeld(hold) || hold.hasStarted ? hold : countExecution(draft, hold);
}
