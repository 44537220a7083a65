import type { Account, Decision } from '../decision';
import type { MicroUsd } from '../money';
import type { Scope } from '../scope';
import { accountsFor, decideWithoutOverdue } from './grant';
import { assertCheck } from './guard';
import { Draft, type Rows } from './rows';

/** A question: how would a reserve be answered? */
export interface Check {
  readonly kind: 'check';
  readonly call: Scope;
  readonly estimateMicroUsd: MicroUsd;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Budgets of no ledger that must pass too. */
  readonly also?: readonly Account[];
}

/**
 * What a reserve at that instant would be answered: with all that is held, and without what should have ended by then. Nothing
 * is held, counted or written. Throws InvalidRequest or InvalidAmount for what no reserve takes.
 */
export function check(rows: Rows, request: Check): Decision {
  assertCheck(request);
  const { call, estimateMicroUsd, at, also = [] } = request;
  // A draft that nobody writes: the holds that end in it end nowhere else.
  const draft = new Draft(rows);
  const accounts = () => [...accountsFor(draft, call, at), ...also];
  return decideWithoutOverdue(draft, accounts, { call, estimateMicroUsd, executions: 1 }, { at, asking: null }).decision;
}
