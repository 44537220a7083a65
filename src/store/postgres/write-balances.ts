import type { Balance } from '../../domain/balance';
import { bulkInsert, replacing, type Columns } from './bulk-insert';

const COLUMNS: Columns<Balance> = {
  budget_id: ['text', (balance) => balance.budgetId],
  period_start: ['bigint', (balance) => balance.period.start],
  period_end: ['bigint', (balance) => balance.period.end],
  time_zone: ['text', (balance) => balance.timeZone],
  monthly_limit: ['bigint', (balance) => balance.limitMicroUsd],
  raised: ['bigint', (balance) => balance.raisedMicroUsd],
  rollover_percent: ['bigint', (balance) => balance.rolloverPercent],
  carried_in: ['bigint', (balance) => balance.carriedInMicroUsd],
  month_spent: ['bigint', (balance) => balance.month.spentMicroUsd],
  month_held: ['bigint', (balance) => balance.month.heldMicroUsd],
  month_executions: ['bigint', (balance) => balance.month.executions],
  day_start: ['bigint', (balance) => balance.day.start],
  day_end: ['bigint', (balance) => balance.day.end],
  day_spent: ['bigint', (balance) => balance.day.spentMicroUsd],
  day_held: ['bigint', (balance) => balance.day.heldMicroUsd],
  day_executions: ['bigint', (balance) => balance.day.executions],
  // With the day that `day` is of: a worker that knew nothing of alerts moved the day on, and left this behind.
  alerted: ['jsonb', (balance) => JSON.stringify({ ...balance.alerted, dayStart: balance.day.start })],
  peak: ['bigint', (balance) => balance.peakMicroUsd],
  midway: ['bigint', (balance) => balance.midwayMicroUsd],
  late: ['bigint', (balance) => balance.lateMicroUsd],
  closed_at: ['bigint', (balance) => balance.closedAt],
};

const KEY = ['organization_id', 'budget_id', 'period_start'];

export const writeBalances = bulkInsert('b', 'balances', COLUMNS, replacing(KEY, COLUMNS));
