import type { ClosedBudgets, ResetProgress } from '../src/contract/payloads/reset';

/** How many failures a progress names, and a reset tries again; they travel with every continue-as-new. */
const MOST_NAMED = 100;

export function startOfReset(timeZone: string, at: number): ResetProgress {
  return {
    timeZone,
    at: new Date(at).toISOString(),
    isDone: false,
    pages: 0,
    budgets: 0,
    periods: 0,
    notClosed: 0,
    failures: [],
  };
}

export function withPage(progress: ResetProgress, { budgets, periods, failures }: ClosedBudgets): ResetProgress {
  return {
    ...progress,
    pages: progress.pages + 1,
    budgets: progress.budgets + budgets,
    periods: progress.periods + periods,
    notClosed: progress.notClosed + failures.length,
    failures: [...progress.failures, ...failures].slice(0, MOST_NAMED),
  };
}

/** After those that failed were tried again. */
export function withRound(progress: ResetProgress, { budgets, periods, failures }: ClosedBudgets): ResetProgress {
  return {
    ...progress,
    budgets: progress.budgets + budgets,
    periods: progress.periods + periods,
    notClosed: progress.notClosed - budgets,
    failures,
  };
}

export function progressText({ timeZone, at, isDone, budgets, periods, notClosed, failures }: ResetProgress): string {
  const done = `${String(periods)} periods of ${String(budgets)} budgets in ${timeZone} that ended by ${at} closed`;
  const [first] = failures;
  if (first === undefined) return `${done}${isDone ? '' : ' so far'}.`;
  return `${done}; ${String(notClosed)} budgets not, first ${first.budgetId} of ${first.organizationId}: ${first.message}`;
}
