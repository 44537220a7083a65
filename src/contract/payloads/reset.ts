/** What a monthly reset is asked. */
export interface ResetRequest {
  /** IANA name: the periods of budgets in this zone are closed. Default `UTC`. */
  readonly timeZone?: string;
  /** How many budgets one activity closes; default 500. */
  readonly pageSize?: number;
}

export interface BudgetName {
  readonly organizationId: string;
  readonly budgetId: string;
}

export interface NotClosed extends BudgetName {
  readonly message: string;
}

/** How far a reset is, and in the end what it did: its result, and the answer to the query `progress`. */
export interface ResetProgress {
  readonly timeZone: string;
  /** ISO 8601: the periods that ended by then are closed. */
  readonly at: string;
  readonly isDone: boolean;
  readonly pages: number;
  readonly budgets: number;
  /** A budget that nobody closed for long has more than one. */
  readonly periods: number;
  readonly notClosed: number;
  /** The first hundred of them. */
  readonly failures: readonly NotClosed[];
}

/** Which budgets one activity closes: those after `after`, at most so many. */
export interface PageRequest {
  readonly timeZone: string;
  readonly at: number;
  readonly after: BudgetName | null;
  readonly most: number;
}

export interface ClosedBudgets {
  readonly budgets: number;
  readonly periods: number;
  readonly failures: readonly NotClosed[];
}

export interface ClosedPage extends ClosedBudgets {
  /** Where the next page begins; null when there is none. */
  readonly next: BudgetName | null;
}

/** The zones that have a Schedule, with the anchor days that it knows of. */
export type ScheduledZones = readonly { readonly timeZone: string; readonly anchorDays: readonly number[] }[];
