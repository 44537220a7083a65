import type { BudgetAlertConfig } from '../domain/alert-config';
import type { Budget, TemporaryRaise } from '../domain/budget';
import { fromUsd, toUsd, type MicroUsd } from '../domain/money';
import type { BudgetStatusPayload } from '../contract/payloads/budget-status';
import { isoOf, usdOrNull, type StatementPayload } from '../contract/payloads/statement';
import type { BudgetBody, BudgetPatch } from './schemas/budgets';
import { invalidRequest } from './problem';
import { camelCase, snakeKeys } from './snake';

/** A budget as it was sent, for that id. Throws a 400 for one that says it is another. */
export function budgetOf(organizationId: string, budgetId: string, body: BudgetBody): Budget {
  const repeated = { organization_id: organizationId, budget_id: budgetId };
  for (const [path, known] of Object.entries(repeated) as [keyof typeof repeated, string][]) {
    if ((body[path] ?? known) !== known) throw invalidRequest({ path, message: 'must be the one that the request is about' });
  }
  const { team_id: teamId, user_id: userId, external_agent_id: agentId } = body.scope;
  return {
    budgetId,
    scope: { organizationId, teamId, userId, agentId },
    limits: {
      monthlyMicroUsd: microUsdOrNull(body.monthly_budget_usd),
      dailyMicroUsd: microUsdOrNull(body.daily_budget_usd),
      monthlyExecutions: body.monthly_execution_limit,
      dailyExecutions: body.daily_execution_limit,
    },
    mode: body.enforcement_mode,
    timeZone: body.timezone,
    anchorDay: body.anchor_day,
    warningThreshold: body.warning_threshold,
    degradationThreshold: body.degradation_threshold,
    rolloverPercent: body.rollover_percent,
    raise: body.raise && raiseOf(body.raise),
    alerts: alertsOf(body.alerts),
  };
}

/** A budget with what a patch says; what it does not say stays. */
export function patched(budget: Budget, { alerts, ...patch }: BudgetPatch): Budget {
  const { budgetId, scope } = budget;
  const before = budgetBodyOf(budget);
  const told = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const merged = alerts === null ? {} : { ...before.alerts, ...alerts };
  return budgetOf(scope.organizationId, budgetId, { ...before, ...told, alerts: merged });
}

export function budgetJson(budget: Budget) {
  return { organization_id: budget.scope.organizationId, budget_id: budget.budgetId, ...budgetBodyOf(budget) };
}

/** The status alone: what the budget itself says, its JSON does. */
export function statusJson({ month, day, week, carriedInUsd, forecastUsd, lifetimeSpentUsd, lastStatement }: BudgetStatusPayload) {
  return {
    month: snakeKeys(month),
    day: snakeKeys(day),
    week: snakeKeys(week),
    ...snakeKeys({ carriedInUsd, forecastUsd, lifetimeSpentUsd }),
    last_statement: lastStatement && statementJson(lastStatement),
  };
}

export function statementJson({ timeZone: timezone, ...statement }: StatementPayload) {
  return { ...snakeKeys(statement), timezone };
}

export function alertsOf(alerts: BudgetBody['alerts']): Partial<BudgetAlertConfig> {
  return Object.fromEntries(
    Object.entries(alerts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [camelCase(name), value]),
  );
}

type Said = Omit<BudgetBody, 'budget_id' | 'organization_id' | 'status'>;

function budgetBodyOf({ scope, limits, raise, alerts, ...budget }: Budget): Said {
  return {
    scope: { team_id: scope.teamId, user_id: scope.userId, external_agent_id: scope.agentId },
    monthly_budget_usd: usdOrNull(limits.monthlyMicroUsd),
    daily_budget_usd: usdOrNull(limits.dailyMicroUsd),
    monthly_execution_limit: limits.monthlyExecutions,
    daily_execution_limit: limits.dailyExecutions,
    enforcement_mode: budget.mode,
    warning_threshold: budget.warningThreshold,
    degradation_threshold: budget.degradationThreshold,
    timezone: budget.timeZone,
    anchor_day: budget.anchorDay,
    rollover_percent: budget.rolloverPercent,
    raise: raise && raiseJson(raise),
    alerts: alertsJson(alerts),
  };
}

function alertsJson(alerts: Partial<BudgetAlertConfig>): BudgetBody['alerts'] {
  return snakeKeys(alerts) as BudgetBody['alerts'];
}

function raiseOf(raise: NonNullable<BudgetBody['raise']>): TemporaryRaise {
  return {
    monthlyMicroUsd: fromUsd(raise.monthly_usd),
    dailyMicroUsd: fromUsd(raise.daily_usd),
    monthlyExecutions: raise.monthly_executions,
    dailyExecutions: raise.daily_executions,
    until: raise.until === null ? null : Date.parse(raise.until),
  };
}

function raiseJson(raise: TemporaryRaise): NonNullable<BudgetBody['raise']> {
  return {
    monthly_usd: toUsd(raise.monthlyMicroUsd),
    daily_usd: toUsd(raise.dailyMicroUsd),
    monthly_executions: raise.monthlyExecutions,
    daily_executions: raise.dailyExecutions,
    until: raise.until === null ? null : isoOf(raise.until),
  };
}

function microUsdOrNull(usd: number | null): MicroUsd | null {
  return usd === null ? null : fromUsd(usd);
}
