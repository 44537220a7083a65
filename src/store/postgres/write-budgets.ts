import type { Budget } from '../../domain/budget';
import { rowOfBudget } from './budget-row';
import type { Statement } from './connection';

const PUT = `
  insert into budgets select * from jsonb_populate_recordset(null::budgets, $1)
  on conflict (organization_id, budget_id) do update set
    team_id = excluded.team_id, user_id = excluded.user_id, agent_id = excluded.agent_id,
    monthly_micro_usd = excluded.monthly_micro_usd, daily_micro_usd = excluded.daily_micro_usd,
    monthly_executions = excluded.monthly_executions, daily_executions = excluded.daily_executions,
    mode = excluded.mode, time_zone = excluded.time_zone, anchor_day = excluded.anchor_day,
    warning_threshold = excluded.warning_threshold, degradation_threshold = excluded.degradation_threshold,
    rollover_percent = excluded.rollover_percent, raise = excluded.raise, alerts = excluded.alerts`;

const REMOVE = 'delete from budgets where organization_id = $1 and budget_id = any($2)';

/** Puts what is there and removes what is null. */
export function writeBudgets(organizationId: string, budgets: ReadonlyMap<string, Budget | null>): Statement[] {
  const put = [...budgets.values()].filter((budget) => budget !== null);
  const removed = [...budgets].filter(([, budget]) => budget === null).map(([budgetId]) => budgetId);
  return [
    ...(put.length > 0 ? [{ text: PUT, values: [JSON.stringify(put.map(rowOfBudget))] }] : []),
    ...(removed.length > 0 ? [{ text: REMOVE, values: [organizationId, removed] }] : []),
  ];
}
