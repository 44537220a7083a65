import type { BudgetStatusPayload } from '../contract/payloads/budget-status';
import type { Budget } from '../domain/budget';
import { budgetWarning, degradedWarning } from '../domain/messages';
import { statusJson } from './budget-mapping';

export interface StandingBudget {
  readonly budget: Budget;
  readonly status: BudgetStatusPayload;
}

/** How an agent's budgets stand before its next call: each, and the worst of them. */
export function governanceJson(agentId: string, isRegistered: boolean, standing: readonly StandingBudget[]) {
  const budgets = standing.map(flagged);
  const left = standing.flatMap(({ status: { month, day } }) => [month, day].flatMap(({ availableUsd }) => availableUsd ?? []));
  return {
    external_agent_id: agentId,
    is_registered: isRegistered,
    usage: Math.max(0, ...budgets.map(({ usage }) => usage)),
    warning_triggered: budgets.some((one) => one.warning_triggered),
    warning_message:
      budgets.find((one) => one.degraded_mode)?.warning_message ?? budgets.find((one) => one.warning_triggered)?.warning_message ?? null,
    degraded_mode: budgets.some((one) => one.degraded_mode),
    remaining_budget_usd: left.length === 0 ? null : Math.min(...left),
    budgets,
  };
}

function flagged({ budget, status }: StandingBudget) {
  const monthly = status.month.usage ?? 0;
  const daily = status.day.usage ?? 0;
  const usage = Math.max(monthly, daily);
  const isWarning = usage >= budget.warningThreshold;
  const isDegraded = usage >= budget.degradationThreshold;
  const warning = isDegraded ? degradedWarning(usage) : isWarning ? budgetWarning(daily > monthly ? 'daily' : 'monthly', usage) : null;
  return {
    budget_id: budget.budgetId,
    usage,
    warning_triggered: isWarning || isDegraded,
    warning_message: warning,
    degraded_mode: isDegraded,
    status: statusJson(status),
  };
}
