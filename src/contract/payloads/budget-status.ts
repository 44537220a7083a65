import type { EnforcementMode, TemporaryRaise } from '../../domain/budget';
import { toUsd, type MicroUsd } from '../../domain/money';
import { raiseAt } from '../../domain/raise';
import type { Scope } from '../../domain/scope';
import type { BudgetStatus, WindowStatus } from '../../domain/status';
import type { Period } from '../../domain/balance';
import { isoOf, statementPayload, usdOrNull, type StatementPayload } from './statement';

/** A budget's month or day as JSON. Limits count raises and carry-over; null is unlimited. */
export interface WindowPayload {
  readonly start: string;
  /** When the next one begins. */
  readonly resetsAt: string;
  readonly limitUsd: number | null;
  readonly spentUsd: number;
  readonly heldUsd: number;
  readonly availableUsd: number | null;
  /** A share of 1. */
  readonly usage: number | null;
  readonly executions: number;
  readonly executionLimit: number | null;
}

/** What there is to know of a budget, as JSON: its month, its day, and beyond. */
export interface BudgetStatusPayload {
  readonly budgetId: string;
  readonly scope: Scope;
  readonly mode: EnforcementMode;
  readonly timeZone: string;
  readonly anchorDay: number;
  readonly month: WindowPayload;
  readonly day: WindowPayload;
  /** From Monday to Monday: what was charged in it. No limit is weekly. */
  readonly week: { readonly start: string; readonly end: string; readonly chargedUsd: number };
  readonly carriedInUsd: number;
  readonly forecastUsd: number | null;
  readonly lifetimeSpentUsd: number;
  /** The temporary raise that is in force. */
  readonly raise: RaisePayload | null;
  readonly lastStatement: StatementPayload | null;
}

export interface RaisePayload {
  readonly monthlyUsd: number;
  readonly dailyUsd: number;
  readonly monthlyExecutions: number;
  readonly dailyExecutions: number;
  readonly until: string;
}

export function budgetStatusPayload(
  { budget, month, day, ...status }: BudgetStatus,
  week: Period & { readonly chargedMicroUsd: MicroUsd },
  at: number,
): BudgetStatusPayload {
  const { budgetId, scope, mode, timeZone, anchorDay } = budget;
  return {
    budgetId,
    scope,
    mode,
    timeZone,
    anchorDay,
    month: windowPayload(month),
    day: windowPayload(day),
    week: { start: isoOf(week.start), end: isoOf(week.end), chargedUsd: toUsd(week.chargedMicroUsd) },
    carriedInUsd: toUsd(status.carriedInMicroUsd),
    forecastUsd: usdOrNull(status.forecastMicroUsd),
    lifetimeSpentUsd: toUsd(status.lifetimeMicroUsd),
    raise: raisePayload(raiseAt(budget, at), month.end),
    lastStatement: status.lastStatement && statementPayload(status.lastStatement),
  };
}

function windowPayload({ start, end, ...window }: WindowStatus): WindowPayload {
  return {
    start: isoOf(start),
    resetsAt: isoOf(end),
    limitUsd: usdOrNull(window.limitMicroUsd),
    spentUsd: toUsd(window.spentMicroUsd),
    heldUsd: toUsd(window.heldMicroUsd),
    availableUsd: usdOrNull(window.availableMicroUsd),
    usage: window.usage,
    executions: window.executions,
    executionLimit: window.executionLimit,
  };
}

function raisePayload(raise: TemporaryRaise | null, periodEnd: number): RaisePayload | null {
  if (raise === null) return null;
  return {
    monthlyUsd: toUsd(raise.monthlyMicroUsd),
    dailyUsd: toUsd(raise.dailyMicroUsd),
    monthlyExecutions: raise.monthlyExecutions,
    dailyExecutions: raise.dailyExecutions,
    until: isoOf(raise.until ?? periodEnd),
  };
}
