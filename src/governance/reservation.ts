import { holdPayload, type HoldPayload } from '../contract/payloads/hold';
import { isoOf } from '../contract/payloads/statement';
import type { ReserveAnswer } from '../domain/ledger';
import { checkResult, REFUSED, type BudgetCheckResult } from './check-result';

/** A reserve's answer. Work may run only where it is allowed. */
export interface Reservation extends BudgetCheckResult {
  /** taken: the key's work was done, given up or has expired before, or a workflow is at it; it must not run again. */
  readonly status: 'granted' | 'denied' | 'taken';
  readonly key: string;
  readonly hold: HoldPayload;
  /** ISO 8601: when the hold ends unless it is settled or extended before; null where nothing is held. */
  readonly expiresAt: string | null;
}

export function reservationOf({ status, decision, receipt }: ReserveAnswer): Reservation {
  const { key, expiresAt } = receipt;
  const common = { status, key, hold: holdPayload(receipt), expiresAt: status === 'granted' ? isoOf(expiresAt) : null };
  // Several times as fast as spreading both.
  if (status !== 'taken') return Object.assign(checkResult(decision), common);
  const { remainingBudgetUsd, usagePercentage } = decision === null ? NOTHING_KNOWN : checkResult(decision);
  const reason = `Key ${key} ${common.hold.state === 'held' ? 'is in use elsewhere' : 'was settled before'}: its work must not run again`;
  return { ...REFUSED, remainingBudgetUsd, usagePercentage, reason, ...common };
}

const NOTHING_KNOWN = { remainingBudgetUsd: 0, usagePercentage: 0 };
