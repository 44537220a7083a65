import { assertBudget } from '../assert-budget';
import { InvalidAmount, invalidField } from '../errors';
import { LAST_INSTANT } from '../period';
import { LEAST_RETENTION_DAYS, latestPruning } from '../retention';
import { assertId, type Scope } from '../scope';
import { isStorable } from '../storable';
import type { Check } from './check';
import { assertNote } from './note';
import type { AttemptOutcome, Operation, Prune, Run } from './operation';

const LONGEST_TEXT = 1_500; // bytes: a workflow id (1,000), a run id and a counter; an index of PostgreSQL takes 2,704 with the organization's id
const LONGEST_TTL_MS = 366 * 86_400_000;

/** Refuses what no caller may send, whatever edge it came through. Throws InvalidRequest or InvalidAmount. */
export function assertOperation(operation: Operation): void {
  assertInstant('at', operation.at);
  switch (operation.kind) {
    case 'expire':
      return;
    case 'putBudget':
      assertBudget(operation.budget);
      return;
    case 'removeBudget':
    case 'closePeriods':
      assertId('budgetId', operation.budgetId);
      return;
    case 'prune':
      assertPrune(operation);
      return;
    default:
      assertOnKey(operation);
  }
}

function assertOnKey(operation: Extract<Operation, { key: string }>): void {
  assertText('key', operation.key);
  switch (operation.kind) {
    case 'reserve':
      assertCall(operation.call);
      assertAmount('estimate', operation.estimateMicroUsd);
      assertText('fingerprint', operation.fingerprint);
      if (operation.run !== null) assertRun(operation.run);
      if (!Number.isSafeInteger(operation.ttlMs) || operation.ttlMs < 1 || operation.ttlMs > LONGEST_TTL_MS) {
        throw invalidField('ttlMs', `must be a whole number from 1 to ${String(LONGEST_TTL_MS)} (366 days)`);
      }
      return;
    case 'charge':
      assertCall(operation.call);
      assertAmount('amount', operation.amountMicroUsd);
      assertText('fingerprint', operation.fingerprint);
      if (operation.note !== undefined) assertNote(operation.note);
      return;
    case 'startAttempt':
      assertText('attemptId', operation.attemptId);
      if (operation.activityId !== null) assertText('activityId', operation.activityId);
      assertRunId(operation.runId);
      if (operation.scheduledAt !== undefined) assertInstant('scheduledAt', operation.scheduledAt);
      return;
    case 'commit':
      assertRunId(operation.runId);
      assertOutcome(operation.outcome);
      return;
    case 'finishAttempt':
      assertOutcome(operation.outcome);
      return;
    case 'release':
      if (operation.onBehalfOf !== null) assertRun(operation.onBehalfOf);
      return;
    case 'settle':
      assertRunId(operation.runId);
      if (operation.noTryBefore !== undefined) assertInstant('noTryBefore', operation.noTryBefore);
      return;
    case 'extend':
      return;
    default:
      // As plain JavaScript may send it.
      throw invalidField('kind', `must be that of an operation, not ${String((operation as { kind?: unknown }).kind)}`);
  }
}

function assertOutcome({ costMicroUsd, note }: AttemptOutcome): void {
  if (costMicroUsd !== null) assertAmount('cost', costMicroUsd);
  if (note !== undefined) assertNote(note);
}

const MOST_PRUNED = 1_000;

function assertPrune({ at, before, most }: Prune): void {
  assertInstant('before', before);
  if (before > latestPruning(at)) throw invalidField('before', `must be at least ${String(LEAST_RETENTION_DAYS)} days ago`);
  if (!Number.isSafeInteger(most) || most < 1 || most > MOST_PRUNED) {
    throw invalidField('most', `must be a whole number from 1 to ${String(MOST_PRUNED)}`);
  }
}

/** The same for a question. */
export function assertCheck({ call, estimateMicroUsd, at }: Check): void {
  assertInstant('at', at);
  assertCall(call);
  assertAmount('estimate', estimateMicroUsd);
}

/** Whether assertOperation lets it pass: what it refuses may name nothing that a store could look up. */
export function isSound(operation: Operation): boolean {
  try {
    assertOperation(operation);
    return true;
  } catch {
    return false;
  }
}

function assertCall(call: Scope): void {
  assertId('organizationId', call.organizationId);
  if (call.teamId !== null) assertId('teamId', call.teamId);
  if (call.userId !== null) assertId('userId', call.userId);
  if (call.agentId !== null) assertId('agentId', call.agentId);
}

function assertAmount(what: string, amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new InvalidAmount(`${what} must be a whole number of micro-USD from 0 to 2^53, not ${String(amount)}`);
  }
}

function assertInstant(what: string, at: number): void {
  if (!Number.isSafeInteger(at) || Math.abs(at) > LAST_INSTANT) {
    throw invalidField(what, `must be an instant in epoch milliseconds, not ${String(at)}`);
  }
}

/** Texts of which each character is a byte and can be stored: nearly all, and seen without encoding them. */
const PLAIN = /^[ -~]+$/;

function assertText(what: string, text: string): void {
  if (typeof text === 'string' && text.length <= LONGEST_TEXT && PLAIN.test(text)) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes === 0 || bytes > LONGEST_TEXT) {
    throw invalidField(what, `must have 1 to ${String(LONGEST_TEXT)} bytes of UTF-8`);
  }
  if (!isStorable(text)) {
    throw invalidField(what, 'must be well-formed text without NUL');
  }
}

function assertRunId(runId: string | null = null): void {
  if (runId !== null) assertText('runId', runId);
}

function assertRun(run: Run): void {
  assertText('runId', run.runId);
  assertText('firstExecutionRunId', run.firstExecutionRunId);
}
