import { DomainError, DomainErrorCode } from '../errors';
import { charge } from './charge';
import { closePeriods } from './close-periods';
import { commit } from './commit';
import { expire } from './expire';
import { effectOf, type Effect } from './effect';
import { extend } from './extend';
import { finishAttempt } from './finish-attempt';
import { assertOperation } from './guard';
import type { Answer, Operation } from './operation';
import { recordHappenings } from './happenings';
import { putBudget, removeBudget } from './put-budget';
import { prune } from './prune';
import { release } from './release';
import { reserve } from './reserve';
import { Draft, type Changes, type Rows } from './rows';
import { settle } from './settle';
import { startAttempt } from './start-attempt';

export type Outcome =
  { readonly ok: true; readonly answer: Answer; readonly effect: Effect } | { readonly ok: false; readonly error: DomainError };

/** Applies operations one after the other. A refused one changes nothing, and the others go on. */
export function applyBatch(rows: Rows, operations: readonly Operation[]): { outcomes: readonly Outcome[]; changes: Changes } {
  const draft = new Draft(rows);
  const outcomes = operations.map((operation): Outcome => {
    try {
      assertWellFormed(operation);
      assertOwn(rows.organizationId, operation);
      const answer = applyOperation(draft, operation);
      recordHappenings(draft, operation, answer);
      const effect = effectOf(draft, operation, answer);
      draft.keep();
      return { ok: true, answer, effect };
    } catch (error) {
      draft.undo();
      if (error instanceof DomainError) return { ok: false, error };
      throw error;
    }
  });
  return { outcomes, changes: draft.changes() };
}

// What is no operation at all, as plain JavaScript may send it, is refused like any other bad one: it must not fail the batch.
function assertWellFormed(operation: Operation): void {
  try {
    assertOperation(operation);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError(DomainErrorCode.invalidRequest, `The operation is malformed: ${String(error)}`);
  }
}

// Another organization's call would match none of this one's budgets, and pass as unbudgeted.
function assertOwn(organizationId: string, operation: Operation): void {
  const owner = ownerOf(operation);
  if (owner === null || owner === organizationId) return;
  throw new DomainError(DomainErrorCode.invalidRequest, `What is of ${owner} cannot be in the ledger of ${organizationId}`);
}

function ownerOf(operation: Operation): string | null {
  if ('call' in operation) return operation.call.organizationId;
  return operation.kind === 'putBudget' ? operation.budget.scope.organizationId : null;
}

function applyOperation(draft: Draft, operation: Operation): Answer {
  switch (operation.kind) {
    case 'reserve':
      return reserve(draft, operation);
    case 'startAttempt':
      return startAttempt(draft, operation);
    case 'finishAttempt':
      return finishAttempt(draft, operation);
    case 'extend':
      return extend(draft, operation);
    case 'settle':
      return settle(draft, operation);
    case 'commit':
      return commit(draft, operation);
    case 'release':
      return release(draft, operation);
    case 'expire':
      return expire(draft, operation);
    case 'charge':
      return charge(draft, operation);
    case 'putBudget':
      return putBudget(draft, operation);
    case 'removeBudget':
      return removeBudget(draft, operation);
    case 'closePeriods':
      return closePeriods(draft, operation);
    case 'prune':
      return prune(draft, operation);
  }
}
