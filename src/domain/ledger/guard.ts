import { DomainError, DomainErrorCode, InvalidAmount } from '../errors';
import { assertId, type Scope } from '../scope';
import type { Operation } from './operation';

const LONGEST_KEY = 1_500; // a workflow id (1,000), a run id and a counter
const LONGEST_TTL_MS = 366 * 86_400_000;
const LAST_INSTANT = 8_640_000_000_000_000; // what a Date can hold

/** Refuses what no caller may send, whatever edge it came through. Throws InvalidRequest or InvalidAmount. */
export function assertOperation(operation: Operation): void {
  assertInstant('at', operation.at);
  if (operation.kind === 'expire') return;
  assertText('key', operation.key);
  switch (operation.kind) {
    case 'reserve':
      assertCall(operation.call);
      assertAmount('estimate', operation.estimateMicroUsd);
      if (!Number.isSafeInteger(operation.ttlMs) || operation.ttlMs < 1 || operation.ttlMs > LONGEST_TTL_MS) {
        throw new DomainError(
          DomainErrorCode.invalidRequest,
          `ttlMs must be a whole number from 1 to ${String(LONGEST_TTL_MS)} (366 days)`,
        );
      }
      return;
    case 'charge':
      assertCall(operation.call);
      assertAmount('amount', operation.amountMicroUsd);
      return;
    case 'startAttempt':
      assertText('attemptId', operation.attemptId);
      return;
    case 'commit':
    case 'finishAttempt':
      if (operation.outcome.costMicroUsd !== null) assertAmount('cost', operation.outcome.costMicroUsd);
      return;
    case 'extend':
    case 'settle':
    case 'release':
      return;
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
    throw new DomainError(DomainErrorCode.invalidRequest, `${what} must be an instant in epoch milliseconds, not ${String(at)}`);
  }
}

function assertText(what: string, text: string): void {
  if (text.length === 0 || text.length > LONGEST_KEY) {
    throw new DomainError(DomainErrorCode.invalidRequest, `${what} must have 1 to ${String(LONGEST_KEY)} characters`);
  }
}
