import type { Budget } from '../budget';
import type { Decision, Denial, Grant, Refusal } from '../decision';
import type { MicroUsd } from '../money';
import type { Scope } from '../scope';
import type { Receipt } from './hold';
import type { EntryNote } from './note';

/** How an attempt ended. A null cost is unknown: the ledger then charges the estimate or what the policy says, flagged. */
export interface AttemptOutcome {
  readonly status: 'succeeded' | 'failed' | 'unconfirmed';
  readonly costMicroUsd: MicroUsd | null;
  /** Kept on the entries of the charge. */
  readonly note?: EntryNote;
}

/** Which workflow run speaks. */
export interface Run {
  readonly runId: string;
  readonly firstExecutionRunId: string;
}

/** The run that says so. Where a later one has taken its key over, it ends nothing any more. */
type RunId = string;

interface OnKey<Kind extends string> {
  readonly kind: Kind;
  readonly key: string;
  /** The instant of the operation, epoch milliseconds; the first one stored for a key wins. */
  readonly at: number;
}

export interface Reserve extends OnKey<'reserve'> {
  readonly call: Scope;
  readonly estimateMicroUsd: MicroUsd;
  readonly ttlMs: number;
  /** The request's body in short: the same key with another one is a conflict. */
  readonly fingerprint: string;
  readonly run: Run | null;
  /** True when work starts with the grant itself and no startAttempt will tell of it: expiry then charges it. */
  readonly startsWork: boolean;
}

export interface StartAttempt extends OnKey<'startAttempt'> {
  readonly attemptId: string;
  readonly activityId: string | null;
  readonly runId: string | null;
  /** When the server scheduled the try: the order of an activity's tries. Left out: `at`. */
  readonly scheduledAt?: number;
}

export interface FinishAttempt extends OnKey<'finishAttempt'> {
  readonly attemptId: string;
  readonly outcome: AttemptOutcome;
}

export type Extend = OnKey<'extend'>;

/** Ends a hold whose attempts were the charge. */
export interface Settle extends OnKey<'settle'> {
  readonly runId?: RunId | null;
  /** The work is over: what was scheduled before, and has not begun, never does. Left out by whoever cannot tell. */
  readonly noTryBefore?: number;
}

/** Ends a hold with the cost of work that recorded no attempts. */
export interface Commit extends OnKey<'commit'> {
  readonly runId?: RunId | null;
  readonly outcome: AttemptOutcome;
}

export interface Release extends OnKey<'release'> {
  /** A run that does not know whether its reserve landed: an unknown key is barred for that run. Null: an unknown key is an error. */
  readonly onBehalfOf: Run | null;
}

export interface Expire {
  readonly kind: 'expire';
  readonly at: number;
}

/** A cost that no hold preceded. */
export interface Charge extends OnKey<'charge'> {
  readonly call: Scope;
  readonly amountMicroUsd: MicroUsd;
  readonly fingerprint: string;
  /** Kept on the entries of the charge. */
  readonly note?: EntryNote;
  /** More of what was charged under another key: no execution of its own. */
  readonly isMore?: boolean;
}

export interface PutBudget {
  readonly kind: 'putBudget';
  readonly budget: Budget;
  /** What must be there still, null: nothing; so that nobody's change is lost. Left out: whatever is. */
  readonly replaces?: Budget | null;
  readonly at: number;
}

export interface RemoveBudget {
  readonly kind: 'removeBudget';
  readonly budgetId: string;
  /** What must be there still. Left out: whatever is. */
  readonly seen?: Budget;
  readonly at: number;
}

/** Closes what ended of a budget. */
export interface ClosePeriods {
  readonly kind: 'closePeriods';
  readonly budgetId: string;
  readonly at: number;
}

/** Reduces a page of what ended before `before` and is in closed months: of holds and of entries, at most `most` each. */
export interface Prune {
  readonly kind: 'prune';
  readonly before: number;
  readonly most: number;
  readonly at: number;
}

type OnHold = Reserve | StartAttempt | FinishAttempt | Extend | Settle | Commit | Release | Expire | Charge;
export type Operation = OnHold | PutBudget | RemoveBudget | ClosePeriods | Prune;

export type ReserveAnswer =
  | { readonly status: 'granted'; readonly decision: Grant; readonly receipt: Receipt }
  | { readonly status: 'denied'; readonly denial: Denial; readonly decision: Refusal; readonly receipt: Receipt }
  /** The key was settled before, or somebody else's work goes on under it: this work must not run. */
  | { readonly status: 'taken'; readonly decision: Decision | null; readonly receipt: Receipt };

export type StartAnswer =
  | { readonly status: 'granted'; readonly receipt: Receipt }
  | { readonly status: 'denied'; readonly denial: Denial; readonly receipt: Receipt };

export interface FinishAnswer {
  readonly chargedMicroUsd: MicroUsd;
  readonly isUnconfirmed: boolean;
  readonly receipt: Receipt;
}

/** held: the hold lives on until `expiresAt`; lapsed: it has ended, and the next attempt is decided anew. */
export interface ExtendAnswer {
  readonly status: 'held' | 'lapsed';
  readonly receipt: Receipt;
}

export interface AnswerOf {
  reserve: ReserveAnswer;
  startAttempt: StartAnswer;
  finishAttempt: FinishAnswer;
  extend: ExtendAnswer;
  settle: Receipt;
  commit: Receipt;
  release: Receipt;
  expire: { readonly expired: number; readonly isComplete: boolean };
  charge: Receipt;
  putBudget: Budget;
  removeBudget: { readonly isRemoved: boolean };
  /** How many periods were closed now, and whether no ended one is left. */
  closePeriods: { readonly closed: number; readonly isComplete: boolean };
  /** How many holds were reduced and entries summed up, and whether none is left whose time has come. */
  prune: { readonly holds: number; readonly entries: number; readonly isComplete: boolean };
}
export type Answer = AnswerOf[keyof AnswerOf];
