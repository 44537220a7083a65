import { assertBudget } from '../../domain/assert-budget';
import type { Budget } from '../../domain/budget';
import { rowOfBudget } from './budget-row';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  insert into budgets select * from jsonb_populate_record(null::budgets, $1)
  on conflict (organization_id, budget_id) do update set
    team_id = excluded.team_id, user_id = excluded.user_id, agent_id = excluded.agent_id,
    monthly_micro_usd = excluded.monthly_micro_usd, daily_micro_usd = excluded.daily_micro_usd,
    monthly_executions = excluded.monthly_executions, daily_executions = excluded.daily_executions,
    mode = excluded.mode, time_zone = excluded.time_zone, anchor_day = excluded.anchor_day,
    warning_threshold = excluded.warning_threshold, degradation_threshold = excluded.degradation_threshold`;

export async function putBudget(db: Queryable, budget: Budget): Promise<void> {
  assertBudget(budget);
  await rowsOf(db, SQL, [JSON.stringify(rowOfBudget(budget))]);
}
