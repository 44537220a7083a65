import type { OrganizationPolicy } from '../budget';
import { DomainError, DomainErrorCode } from '../errors';
import { add, formatUsd, microUsd, minOf, subtract, ZERO, type MicroUsd } from '../money';
import { entryIn, type EntryFields } from './entry';
import { isHeld, overageOf, type Attempt, type Hold } from './hold';
import { holdLess, lineOf, move } from './movement';
import { keptNote, NO_NOTE, type EntryNote } from './note';
import type { AttemptOutcome } from './operation';
import type { Draft } from './rows';

/** Nobody knows how it ended. */
export const UNCONFIRMED: AttemptOutcome = { status: 'unconfirmed', costMicroUsd: null };

/** Adds the attempt that stands for work that names none: it has no activity, and there is one for each decision. */
export function openPlainAttempt(hold: Hold, runId: string | null, at: number): Hold {
  const attemptId = `${hold.key}#${String(hold.attempts.length + 1)}`;
  return openAttempt(hold, { attemptId, activityId: null, runId, scheduledAt: at }, at);
}

export function plainAttemptOf(hold: Hold): Attempt | undefined {
  return hold.attempts.findLast(({ activityId }) => activityId === null);
}

/** Adds an attempt that counts in the hold's lines as they are now. */
export function openAttempt(hold: Hold, attempt: Pick<Attempt, 'attemptId' | 'activityId' | 'runId' | 'scheduledAt'>, at: number): Hold {
  const opened: Attempt = {
    attemptId: attempt.attemptId,
    activityId: attempt.activityId,
    runId: attempt.runId,
    startedAt: at,
    scheduledAt: attempt.scheduledAt,
    estimateMicroUsd: hold.estimateMicroUsd,
    lines: hold.lines.map(lineOf),
    state: 'open',
    chargedMicroUsd: ZERO,
    allowanceMicroUsd: hold.estimateMicroUsd,
    isAssumed: false,
  };
  return { ...hold, hasStarted: true, attempts: [...hold.attempts, opened] };
}

/**
 * Charges an attempt: once, and once more if a real cost follows one that nobody told.
 * Throws KeyConflict when a finished attempt is told another cost.
 */
export function finish(draft: Draft, hold: Hold, attempt: Attempt, outcome: AttemptOutcome, at: number): Hold {
  const cost = costOf(attempt, outcome, draft.policy);
  const { amountMicroUsd, isTold } = cost;
  if (attempt.state === 'open') return charge(draft, hold, attempt, cost, at);
  if (attempt.state === 'unconfirmed' && isTold) return correct(draft, hold, attempt, cost, at);
  if (!isTold || amountMicroUsd === attempt.chargedMicroUsd) return hold;
  throw new DomainError(
    DomainErrorCode.keyConflict,
    `Attempt ${attempt.attemptId} of ${hold.key} was charged ${formatUsd(attempt.chargedMicroUsd)} and cannot be charged ${formatUsd(amountMicroUsd)}`,
  );
}

/** Charges every open attempt that `concerns`, as what nobody knows the end of. */
export function closeOpenAttempts(draft: Draft, hold: Hold, at: number, concerns: (attempt: Attempt) => boolean = () => true): Hold {
  let current = hold;
  for (const attempt of hold.attempts) {
    if (attempt.state === 'open' && concerns(attempt)) current = finish(draft, current, attempt, UNCONFIRMED, at);
  }
  return current;
}

/** For a run that never recorded its grant: whatever was to start with the grant never ran, and costs nothing. */
export function withoutUnstartedWork(draft: Draft, hold: Hold, at: number): Hold {
  const attempt = plainAttemptOf(hold);
  if (attempt === undefined || attempt.state === 'finished') return hold;
  return finish(draft, hold, attempt, { status: 'succeeded', costMicroUsd: ZERO }, at);
}

/** As if the attempt had never begun. Nothing may be charged for it. */
export function withoutAttempt(hold: Hold, { attemptId }: Attempt): Hold {
  const attempts = hold.attempts.filter((other) => other.attemptId !== attemptId);
  return { ...hold, attempts, hasStarted: hold.hasStarted && attempts.length > 0 };
}

/** What the open attempts may still cost, by their estimates. */
export function openEstimates(hold: Hold): MicroUsd {
  return hold.attempts.reduce((sum, { state, estimateMicroUsd }) => (state === 'open' ? add(sum, estimateMicroUsd) : sum), ZERO);
}

interface Cost {
  readonly amountMicroUsd: MicroUsd;
  /** Somebody said so; else the policy does. */
  readonly isTold: boolean;
  /** The policy's word, and nobody knows whether it is so. */
  readonly isAssumed: boolean;
  readonly note: EntryNote;
}

function costOf(attempt: Attempt, outcome: AttemptOutcome, policy: OrganizationPolicy): Cost {
  const note = outcome.note === undefined ? NO_NOTE : keptNote(outcome.note);
  if (outcome.costMicroUsd !== null) return { amountMicroUsd: outcome.costMicroUsd, isTold: true, isAssumed: false, note };
  // Only here may an amount be assumed. A provider that reports a failure and names no cost has, by default, billed nothing.
  if (outcome.status === 'failed' && policy.failedCost === 'zero') return { amountMicroUsd: ZERO, isTold: false, isAssumed: false, note };
  const isFree = outcome.status === 'unconfirmed' && policy.unconfirmedCost === 'zero';
  return { amountMicroUsd: isFree ? ZERO : attempt.estimateMicroUsd, isTold: false, isAssumed: true, note };
}

function charge(draft: Draft, hold: Hold, attempt: Attempt, { amountMicroUsd: amount, isTold, isAssumed, note }: Cost, at: number): Hold {
  const othersMicroUsd = subtract(openEstimates(hold), attempt.estimateMicroUsd);
  const shareMicroUsd = microUsd(Math.max(0, hold.heldMicroUsd - othersMicroUsd));
  const coveredMicroUsd = minOf(amount, shareMicroUsd);
  const charged: Attempt = {
    ...attempt,
    state: isTold ? 'finished' : 'unconfirmed',
    chargedMicroUsd: amount,
    // Expired or never reserved, it is held against its estimate.
    allowanceMicroUsd: isHeld(hold) && hold.reservedMicroUsd > 0 ? shareMicroUsd : attempt.allowanceMicroUsd,
    isAssumed,
  };
  const lessHeld = holdLess(draft, hold, coveredMicroUsd);
  const overageMicroUsd = overageOf(charged);
  record(
    draft,
    hold,
    charged,
    { kind: 'charge', at, spentMicroUsd: amount, heldMicroUsd: microUsd(-coveredMicroUsd), overageMicroUsd },
    note,
  );
  return replaceAttempt(lessHeld, charged);
}

function correct(draft: Draft, hold: Hold, attempt: Attempt, { amountMicroUsd: amount, note }: Cost, at: number): Hold {
  const corrected: Attempt = { ...attempt, state: 'finished', chargedMicroUsd: amount, isAssumed: false };
  const spentMicroUsd = subtract(amount, attempt.chargedMicroUsd);
  const overageMicroUsd = subtract(overageOf(corrected), overageOf(attempt));
  record(draft, hold, corrected, { kind: 'correction', at, spentMicroUsd, heldMicroUsd: ZERO, overageMicroUsd }, note);
  return replaceAttempt(hold, corrected);
}

type Charged = Pick<EntryFields, 'kind' | 'at' | 'spentMicroUsd' | 'heldMicroUsd' | 'overageMicroUsd'>;

// Charges land in the lines that the attempt was made in, whatever the hold has become since.
function record(draft: Draft, hold: Hold, attempt: Attempt, charged: Charged, note: EntryNote): void {
  const entry: EntryFields = {
    key: hold.key,
    attemptId: attempt.attemptId,
    kind: charged.kind,
    at: charged.at,
    spentMicroUsd: charged.spentMicroUsd,
    heldMicroUsd: charged.heldMicroUsd,
    overageMicroUsd: charged.overageMicroUsd,
    isUnconfirmed: attempt.isAssumed,
    isLate: !isHeld(hold),
  };
  for (const line of attempt.lines) {
    move(draft, line, { spentMicroUsd: charged.spentMicroUsd, chargedAt: charged.at });
    draft.append(entryIn(line, entry, note));
  }
  if (attempt.lines.length === 0) draft.append(entryIn(null, entry, note));
}

function replaceAttempt(hold: Hold, attempt: Attempt): Hold {
  return {
    ...hold,
    isLate: hold.isLate || !isHeld(hold),
    attempts: hold.attempts.map((other) => (other.attemptId === attempt.attemptId ? attempt : other)),
  };
}
