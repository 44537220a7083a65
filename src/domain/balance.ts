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

/** The last alert of a window: the highest threshold crossed in it, when it was last told, and how often again after the first time. */
export interface Alerted {
  readonly threshold: number;
  readonly at: number;
  readonly sequence: number;
}

/** What was alerted in a window, of what it costs and of how many executions it has; nothing yet where there is no entry. */
export type AlertedKinds = Readonly<Partial<Record<'cost' | 'executions', Alerted>>>;

/** One budget's month, with its running day inside. Keyed by (budgetId, period.start) and found by containment. */
export interface Balance {
  readonly budgetId: string;
  readonly period: Period;
  /** The zone that the row was made in: a change of zone applies when the row ends. */
  readonly timeZone: string;
  /** The monthly limit as last set before the period's end, whenever somebody looks; null is unlimited. */
  readonly limitMicroUsd: MicroUsd | null;
  /** The most that temporary raises added to it. */
  readonly raisedMicroUsd: MicroUsd;
  /** How much of the limit before may be carried in, in percent; 0 in a budget's first period. */
  readonly rolloverPercent: number;
  readonly carriedInMicroUsd: MicroUsd;
  readonly month: Counters;
  readonly day: Counters & Period;
  readonly alerted: { readonly month: AlertedKinds; readonly day: AlertedKinds };
  /** The highest that spent and held together have been. */
  readonly peakMicroUsd: MicroUsd;
  /** What was charged in the period's first half: its double is the forecast made then. */
  readonly midwayMicroUsd: MicroUsd;
  /** What was charged after the period had ended: its holds' last costs. Below 0 where they lowered what had been assumed. */
  readonly lateMicroUsd: MicroUsd;
  /** When the statement was written; null while the period runs, or while nobody has closed it. */
  readonly closedAt: number | null;
}
