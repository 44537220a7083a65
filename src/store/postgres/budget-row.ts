import type { BudgetAlertConfig } from '../../domain/alert-config';
import type { Budget, EnforcementMode, TemporaryRaise } from '../../domain/budget';
import type { MicroUsd } from '../../domain/money';

/** A row of `budgets`. */
export interface BudgetRow {
  organization_id: string;
  budget_id: string;
  team_id: string | null;
  user_id: string | null;
  agent_id: string | null;
  monthly_micro_usd: number | null;
  daily_micro_usd: number | null;
  monthly_executions: number | null;
  daily_executions: number | null;
  mode: EnforcementMode;
  time_zone: string;
  anchor_day: number;
  warning_threshold: number;
  degradation_threshold: number;
  rollover_percent: number;
  raise: TemporaryRaise | null;
  alerts: Partial<BudgetAlertConfig> | null;
}

export function budgetOf(row: BudgetRow): Budget {
  return {
    budgetId: row.budget_id,
    scope: { organizationId: row.organization_id, teamId: row.team_id, userId: row.user_id, agentId: row.agent_id },
    limits: {
      monthlyMicroUsd: row.monthly_micro_usd as MicroUsd | null,
      dailyMicroUsd: row.daily_micro_usd as MicroUsd | null,
      monthlyExecutions: row.monthly_executions,
      dailyExecutions: row.daily_executions,
    },
    mode: row.mode,
    timeZone: row.time_zone,
    anchorDay: row.anchor_day,
    warningThreshold: row.warning_threshold,
    degradationThreshold: row.degradation_threshold,
    rolloverPercent: row.rollover_percent,
    raise: row.raise,
    alerts: row.alerts ?? {},
  };
}

export function rowOfBudget({ budgetId, scope, limits, ...budget }: Budget): BudgetRow {
  return {
    organization_id: scope.organizationId,
    budget_id: budgetId,
    team_id: scope.teamId,
    user_id: scope.userId,
    agent_id: scope.agentId,
    monthly_micro_usd: limits.monthlyMicroUsd,
    daily_micro_usd: limits.dailyMicroUsd,
    monthly_executions: limits.monthlyExecutions,
    daily_executions: limits.dailyExecutions,
    mode: budget.mode,
    time_zone: budget.timeZone,
    anchor_day: budget.anchorDay,
    warning_threshold: budget.warningThreshold,
    degradation_threshold: budget.degradationThreshold,
    rollover_percent: budget.rolloverPercent,
    raise: budget.raise,
    alerts: budget.alerts,
  };
}
