import type { Answer, FinishAnswer, FinishAttempt, Outcome, Receipt } from '../src/domain/ledger';
import type { BudgetStore } from '../src/store/budget-store';

/**
 * Charges a hold's last attempt and ends the hold, in one transaction: one less than a settle of its own would take. Should the answer be
 * lost, the next try is decided anew; those that were scheduled before this one are over.
 */
export async function finishAndSettle(
  { applyBatch }: Pick<BudgetStore, 'applyBatch'>,
  organizationId: string,
  finish: FinishAttempt,
  { runId, scheduledAt }: { readonly runId: string; readonly scheduledAt: number },
): Promise<FinishAnswer> {
  const { key, at } = finish;
  const [finished, settled] = await applyBatch(organizationId, [finish, { kind: 'settle', key, at, runId, noTryBefore: scheduledAt }]);
  return { ...(answerIn(finished) as FinishAnswer), receipt: answerIn(settled) as Receipt };
}

function answerIn(outcome: Outcome | undefined): Answer {
  if (outcome === undefined) throw new Error('The store answered nothing');
  if (!outcome.ok) throw outcome.error;
  return outcome.answer;
}
