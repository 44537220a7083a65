import type { Budget } from '../../domain/budget';
import { usdOrNull } from '../../contract/payloads/statement';
import { toUsd } from '../../domain/money';
import { scopeView, type ScopeView } from './scope-view';

/** A budget as the HTTP API writes it. */
export interface BudgetView {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly scope: ScopeView;
  readonly monthlyBudgetUsd: number | null;
  readonly dailyBudgetUsd: number | null;
  readonly monthlyExecutionLimit: number | null;
  readonly dailyExecutionLimit: number | null;
  readonly enforcementMode: string;
  readonly warningThreshold: number;
  readonly degradationThreshold: number;
  readonly timezone: string;
  readonly anchorDay: number;
  readonly rolloverPercent: number;
  readonly alerts: Budget['alerts'];
  readonly raise: RaiseView | null;
}

interface RaiseView {
  readonly monthlyUsd: number;
  readonly dailyUsd: number;
  readonly monthlyExecutions: number;
  readonly dailyExecutions: number;
  readonly until: string | null;
}

export function budgetView(budget: Budget): BudgetView {
  const { budgetId, scope, limits, raise } = budget;
  return {
    organizationId: scope.organizationId,
    budgetId,
    scope: scopeView(scope),
    monthlyBudgetUsd: usdOrNull(limits.monthlyMicroUsd),
    dailyBudgetUsd: usdOrNull(limits.dailyMicroUsd),
    monthlyExecutionLimit: limits.monthlyExecutions,
    dailyExecutionLimit: limits.dailyExecutions,
    enforcementMode: budget.mode,
    warningThreshold: budget.warningThreshold,
    degradationThreshold: budget.degradationThreshold,
    timezone: budget.timeZone,
    anchorDay: budget.anchorDay,
    rolloverPercent: budget.rolloverPercent,
    alerts: budget.alerts,
    raise: raise && {
      monthlyUsd: toUsd(raise.monthlyMicroUsd),
      dailyUsd: toUsd(raise.dailyMicroUsd),
      monthlyExecutions: raise.monthlyExecutions,
      dailyExecutions: raise.dailyExecutions,
      until: raise.until === null ? null : new Date(raise.until).toISOString(),
    },
  };
}
