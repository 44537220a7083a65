import type { MicroUsd } from './money';

/** A half-open stretch of time, in epoch milliseconds: start <= t < end. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

export interface Counters {
  readonly spentMicroUsd: MicroUsd;
  readonly heldMicroUsd: MicroUsd;
  readonly executions: number;
}

/** One budget's month, with its running day inside. Keyed by (budgetId, period.start) and found by containment. */
export interface Balance {
  readonly budgetId: string;
  readonly period: Period;
  /** The zone that the row was made in: a change of zone applies when the row ends. */
  readonly timeZone: string;
  readonly carriedInMicroUsd: MicroUsd;
  readonly month: Counters;
  readonly day: Counters & Period;
}
