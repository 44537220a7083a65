import type { Balance } from '../../domain/balance';
import type { MicroUsd } from '../../domain/money';

/** A row of `balances`. */
export interface BalanceRow {
  organization_id: string;
  budget_id: string;
  period_start: number;
  period_end: number;
  time_zone: string;
  monthly_limit: number | null;
  raised: number;
  rollover_percent: number;
  carried_in: number;
  month_spent: number;
  month_held: number;
  month_executions: number;
  day_start: number;
  day_end: number;
  day_spent: number;
  day_held: number;
  day_executions: number;
  /** With the day that `day` is of: a worker that knows nothing of alerts moves the day on, and leaves this behind. */
  alerted: (Balance['alerted'] & { readonly dayStart: number }) | null;
  peak: number;
  midway: number;
  late: number;
  closed_at: number | null;
}

export function balanceOf(row: BalanceRow): Balance {
  return {
    budgetId: row.budget_id,
    period: { start: row.period_start, end: row.period_end },
    timeZone: row.time_zone,
    limitMicroUsd: row.monthly_limit as MicroUsd | null,
    raisedMicroUsd: row.raised as MicroUsd,
    rolloverPercent: row.rollover_percent,
    carriedInMicroUsd: row.carried_in as MicroUsd,
    month: {
      spentMicroUsd: row.month_spent as MicroUsd,
      heldMicroUsd: row.month_held as MicroUsd,
      executions: row.month_executions,
    },
    day: {
      start: row.day_start,
      end: row.day_end,
      spentMicroUsd: row.day_spent as MicroUsd,
      heldMicroUsd: row.day_held as MicroUsd,
      executions: row.day_executions,
    },
    alerted: alertedOf(row),
    peakMicroUsd: row.peak as MicroUsd,
    midwayMicroUsd: row.midway as MicroUsd,
    lateMicroUsd: row.late as MicroUsd,
    closedAt: row.closed_at,
  };
}

function alertedOf({ alerted, day_start: dayStart }: BalanceRow): Balance['alerted'] {
  if (alerted === null) return { month: {}, day: {} };
  return { month: alerted.month, day: alerted.dayStart === dayStart ? alerted.day : {} };
}
