import { DomainError, DomainErrorCode } from '../errors';
import { ZERO } from '../money';
import { assertNamed } from '../scope';
import { accountIn } from './account';
import { finish, openPlainAttempt, plainAttemptOf } from './attempt';
import { blankHold, HoldState, receiptOf, type Hold, type Receipt } from './hold';
import { countExecution } from './movement';
import type { Charge } from './operation';
import type { Draft } from './rows';

/**
 * Records a cost that no hold preceded, in every budget that its call matches; nothing is asked and nothing denied.
 * The same key and body again is one charge; another body is a KeyConflict. Throws ScopeRequired for a call that leaves out what the
 * policy requires.
 */
export function charge(draft: Draft, request: Charge): Receipt {
  const existing = draft.hold(request.key);
  if (existing !== undefined) return receiptOf(sameCharge(existing, request));
  assertNamed(request.call, draft.policy.requires);
  const lines = draft.budgets(request.call).map((budget) => {
    const { balance } = accountIn(draft, budget, request.at);
    draft.putBalance(balance);
    return { budgetId: budget.budgetId, periodStart: balance.period.start, dayStart: balance.day.start, heldInDayMicroUsd: ZERO };
  });
  const { key, call, fingerprint, at, amountMicroUsd, note, isMore = false } = request;
  const { organizationId } = draft;
  const runs = { runId: null, firstExecutionRunId: null };
  const blank = blankHold(
    { organizationId, key, ...runs, call, fingerprint, estimateMicroUsd: amountMicroUsd, at, ttlMs: 0 },
    HoldState.held,
  );
  const placed = { ...blank, lines };
  const opened = openPlainAttempt(isMore ? placed : countExecution(draft, placed), null, at);
  const attempt = plainAttemptOf(opened);
  if (attempt === undefined) throw new Error(`Charge ${key} lost its attempt`);
  const outcome = { status: 'succeeded' as const, costMicroUsd: amountMicroUsd, ...(note && { note }) };
  const finished = finish(draft, opened, attempt, outcome, at);
  const charged: Hold = { ...finished, state: HoldState.committed };
  draft.putHold(charged);
  return receiptOf(charged);
}

function sameCharge(existing: Hold, request: Charge): Hold {
  if (existing.fingerprint === request.fingerprint && existing.state === HoldState.committed) return existing;
  throw new DomainError(DomainErrorCode.keyConflict, `Key ${request.key} belongs to another request: use a new key, or send the same body`);
}
