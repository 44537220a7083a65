import { snakeCase } from './snake';

/** What the domain calls otherwise than the API does. */
const API_NAMES: Readonly<Record<string, string>> = {
  monthlyMicroUsd: 'monthly_budget_usd',
  dailyMicroUsd: 'daily_budget_usd',
  monthlyExecutions: 'monthly_execution_limit',
  dailyExecutions: 'daily_execution_limit',
  'raise.monthlyMicroUsd': 'raise.monthly_usd',
  'raise.dailyMicroUsd': 'raise.daily_usd',
  mode: 'enforcement_mode',
  timeZone: 'timezone',
  agentId: 'external_agent_id',
  externalAgentId: 'external_agent_id',
  actualCost: 'actual_cost_usd',
  estimatedCost: 'estimated_cost_usd',
  graceMs: 'grace_seconds',
  ttlMs: 'ttl_seconds',
};

/** A field's path as the API names it; as the domain does, it is in camelCase. */
export function apiPath(field: string): string {
  return API_NAMES[field] ?? field.split('.').map(snakeCase).join('.');
}
