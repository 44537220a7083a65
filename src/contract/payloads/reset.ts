/** What a monthly reset is asked. */
export interface ResetRequest {
  /** IANA name: the periods of budgets in this zone are closed. Default `UTC`. */
  readonly timeZone?: string;
  /** How many budgets one activity closes; default 500. */
  readonly pageSize?: number;
}

/** A budget, among those of all organizations. */
export interface BudgetReference {
  readonly organizationId: string;
  readonly budgetId: string;
}

export interface NotClosed extends BudgetReference {
  readonly message: string;
}

/** How far a reset is, and in the end what it did: its result, and the answer to the query `progress`. */
export interface ResetProgress {
  readonly timeZone: string;
  /** ISO 8601: the periods that ended by then are closed. */
  readonly at: string;
  readonly isDone: boolean;
  readonly pages: number;
  /** What a worker closed that died before it could say so is closed, and not counted. */
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
  readonly after: BudgetReference | null;
  readonly most: number;
}

export interface ClosedBudgets {
  readonly budgets: number;
  readonly periods: number;
  readonly failures: readonly NotClosed[];
}

export interface ClosedPage extends ClosedBudgets {
  /** Where the next page begins; null when there is none. */
  readonly next: BudgetReference | null;
}

/** A zone in which periods run or wait to be closed, with the anchor days of its budgets. */
export interface ZoneInUse {
  readonly timeZone: string;
  readonly anchorDays: readonly number[];
}

/** The zones whose Schedules are as they should be, and what kept others from it. */
export interface ScheduledZones {
  readonly zones: readonly ZoneInUse[];
  readonly failures: readonly string[];
}
