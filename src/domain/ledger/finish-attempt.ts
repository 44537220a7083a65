import { finish } from './attempt';
import { receiptOf } from './hold';
import { attemptOf, holdOf } from './lookup';
import type { FinishAnswer, FinishAttempt } from './operation';
import type { Draft } from './rows';

/** Charges an attempt, once. After an assumed charge a real cost corrects it, once. Throws KeyConflict for a second real cost. */
export function finishAttempt(draft: Draft, request: FinishAttempt): FinishAnswer {
  const hold = holdOf(draft, request.key);
  const finished = finish(draft, hold, attemptOf(hold, request.attemptId), request.outcome, request.at);
  draft.putHold(finished);
  const { chargedMicroUsd, isAssumed } = attemptOf(finished, request.attemptId);
  return { chargedMicroUsd, isUnconfirmed: isAssumed, receipt: receiptOf(finished) };
}
