import type { Decision } from '../decision';
import { add, microUsd, ZERO, type MicroUsd } from '../money';
import type { Scope } from '../scope';

export const HoldState = {
  held: 'held',
  committed: 'committed',
  released: 'released',
  expired: 'expired',
  denied: 'denied',
  /** Nothing was ever held: a run that could not learn whether its reserve landed bars it from landing later. */
  barred: 'barred',
} as const;
export type HoldState = (typeof HoldState)[keyof typeof HoldState];

/** The balance that a hold or an attempt counts in: a budget's month, and the day of it that ran at the time. */
export interface Line {
  readonly budgetId: string;
  readonly periodStart: number;
  readonly dayStart: number;
}

/** A hold's line; of what the month holds, `heldInDayMicroUsd` counts in the day as well. */
export interface HoldLine extends Line {
  readonly heldInDayMicroUsd: MicroUsd;
}

/** What is charged: one try at the work. */
export interface Attempt {
  readonly attemptId: string;
  /** Null for work that is no activity of a workflow. */
  readonly activityId: string | null;
  readonly runId: string | null;
  readonly startedAt: number;
  /** When the server scheduled the try; of a plain attempt, when it started. */
  readonly scheduledAt: number;
  readonly estimateMicroUsd: MicroUsd;
  readonly lines: readonly Line[];
  /** open: nobody knows the cost yet. unconfirmed: charged without knowing; a cost that arrives later corrects it once. */
  readonly state: 'open' | 'finished' | 'unconfirmed';
  readonly chargedMicroUsd: MicroUsd;
  /** What the hold stood for when the charge came; a charge above it is overage. */
  readonly allowanceMicroUsd: MicroUsd;
  /** Charged at an assumption (estimate or policy), not at a cost that somebody reported. */
  readonly isAssumed: boolean;
}

/** One key's budget, from the decision to the last charge. Never deleted: a key keeps its answer. */
export interface Hold {
  readonly organizationId: string;
  readonly key: string;
  readonly runId: string | null;
  readonly firstExecutionRunId: string | null;
  /** Runs whose reserve must not land any more: they gave up learning whether it had, or a later run took the key over. */
  readonly barredRunIds: readonly string[];
  /** What was scheduled before, and has not begun, never does: the work was over since. */
  readonly noTryBefore: number | null;
  readonly call: Scope;
  readonly fingerprint: string;
  readonly estimateMicroUsd: MicroUsd;
  readonly at: number;
  readonly ttlMs: number;
  readonly expiresAt: number;
  readonly state: HoldState;
  /** The answer to the reserve; null for a barred key and for a charge that asked nobody. */
  readonly decision: Decision | null;
  readonly lines: readonly HoldLine[];
  readonly heldMicroUsd: MicroUsd;
  /** Everything ever held, top-ups included. */
  readonly reservedMicroUsd: MicroUsd;
  /** Whether work started under the decision now in force: only then does its execution count for good. */
  readonly hasStarted: boolean;
  /** Every line in which an execution counts now, one for each decision made on this key. */
  readonly counted: readonly Line[];
  readonly attempts: readonly Attempt[];
  readonly settledAt: number | null;
  /** A charge arrived after the hold had expired or was released. */
  readonly isLate: boolean;
}

/** What a caller learns of a hold. */
export interface Receipt {
  readonly key: string;
  readonly state: HoldState;
  readonly call: Scope;
  readonly reservedMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  readonly chargedMicroUsd: MicroUsd;
  readonly overageMicroUsd: MicroUsd;
  readonly attempts: number;
  readonly isUnconfirmed: boolean;
  readonly isLate: boolean;
  readonly expiresAt: number;
  readonly settledAt: number | null;
}

type Beginnings = Pick<
  Hold,
  'organizationId' | 'key' | 'runId' | 'firstExecutionRunId' | 'call' | 'fingerprint' | 'estimateMicroUsd' | 'at' | 'ttlMs'
>;

/** A key's row before anything is held under it. Field by field: with a spread in front it takes over 100 times as long. */
export function blankHold(beginnings: Beginnings, state: HoldState): Hold {
  return {
    organizationId: beginnings.organizationId,
    key: beginnings.key,
    runId: beginnings.runId,
    firstExecutionRunId: beginnings.firstExecutionRunId,
    call: beginnings.call,
    fingerprint: beginnings.fingerprint,
    estimateMicroUsd: beginnings.estimateMicroUsd,
    at: beginnings.at,
    ttlMs: beginnings.ttlMs,
    barredRunIds: [],
    noTryBefore: null,
    expiresAt: beginnings.at + beginnings.ttlMs,
    state,
    decision: null,
    lines: [],
    heldMicroUsd: ZERO,
    reservedMicroUsd: ZERO,
    hasStarted: false,
    counted: [],
    attempts: [],
    settledAt: beginnings.at,
    isLate: false,
  };
}

/** A run under a caller's key may have many forerunners; a message of one that is this far back is no longer under way. */
const MOST_BARRED_RUNS = 20;

export function barRun(hold: Hold, runId: string | null): Hold {
  if (runId === null || hold.barredRunIds.includes(runId)) return hold;
  return { ...hold, barredRunIds: [...hold.barredRunIds, runId].slice(-MOST_BARRED_RUNS) };
}

/** Whether a later run has taken the key over from this one. */
export function isTakenFrom(hold: Hold, runId: string | null = null): boolean {
  return runId !== null && runId !== hold.runId && hold.barredRunIds.includes(runId);
}

export function isHeld(hold: Hold): boolean {
  return hold.state === HoldState.held;
}

export function isOverdue(hold: Hold, at: number): boolean {
  return isHeld(hold) && hold.expiresAt <= at;
}

export function overageOf(attempt: Attempt): MicroUsd {
  return microUsd(Math.max(0, attempt.chargedMicroUsd - attempt.allowanceMicroUsd));
}

export function receiptOf(hold: Hold): Receipt {
  let chargedMicroUsd = ZERO;
  let overageMicroUsd = ZERO;
  for (const attempt of hold.attempts) {
    chargedMicroUsd = add(chargedMicroUsd, attempt.chargedMicroUsd);
    overageMicroUsd = add(overageMicroUsd, overageOf(attempt));
  }
  return {
    key: hold.key,
    state: hold.state,
    call: hold.call,
    reservedMicroUsd: hold.reservedMicroUsd,
    heldMicroUsd: hold.heldMicroUsd,
    chargedMicroUsd,
    overageMicroUsd,
    attempts: hold.attempts.length,
    isUnconfirmed: hold.attempts.some((attempt) => attempt.isAssumed),
    isLate: hold.isLate,
    expiresAt: hold.expiresAt,
    settledAt: hold.settledAt,
  };
}
