import type { BudgetCheckResult } from '../governance';
import { denialJson } from './denial';

export function decisionJson(result: BudgetCheckResult) {
  return {
    allowed: result.allowed,
    reason: result.reason,
    remaining_budget_usd: result.remainingBudgetUsd,
    usage_percentage: result.usagePercentage,
    warning_triggered: result.warningTriggered,
    warning_message: result.warningMessage,
    degraded_mode: result.degradedMode,
    is_unbudgeted: result.isUnbudgeted,
  };
}

export function denialsJson({ denial, softDenial }: BudgetCheckResult) {
  return { denial: denial && denialJson(denial), soft_denial: softDenial && denialJson(softDenial) };
}
