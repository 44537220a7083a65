import type { Period } from '../balance';
import type { MicroUsd } from '../money';

/** A month or a day as people are told of it: committed spend, and the limit with what raises and carry-over add; null is unlimited. */
export interface Figures extends Period {
  readonly limitMicroUsd: MicroUsd | null;
  readonly spentMicroUsd: MicroUsd;
  readonly executions: number;
  readonly executionLimit: number | null;
}

/**
 * Something that a budget's people are told: a row of the outbox, written in the transaction in which it happened. It is told once
 * under its identity: budget, what, window, kind, windowStart, threshold and sequence.
 */
export interface Happening {
  readonly budgetId: string;
  readonly what: 'crossing' | 'denied' | 'reset';
  readonly window: 'month' | 'day';
  readonly kind: 'cost' | 'executions';
  /** The start of the month or day. */
  readonly windowStart: number;
  /** A share of 1; 0 for what is no crossing. */
  readonly threshold: number;
  /** 0, unless a threshold may be told again. Of denials the store's: those that nobody has taken on yet are one, with a count. */
  readonly sequence: number;
  readonly at: number;
  readonly usage: number;
  readonly reason: string | null;
  /** Whose call it was. */
  readonly agentId: string | null;
  /** How many denials. */
  readonly count: number;
  /** As it stood then. Of a reset, the month that has begun. */
  readonly month: Figures;
  readonly day: Figures;
  /** Of a reset, the month that was closed. */
  readonly closed: Figures | null;
}
