import { KeyRole } from '../domain/api-key';

/** The least that a key must be allowed; `public` asks for no key. */
export type Access = KeyRole | 'public';

/**
 * Every route, by method and path, with who may use it. Nothing else decides that: `route` makes no route that is not here, and the
 * tests walk this table.
 */
export const ACCESS = {
  'post /api/v1/external-agents/{agent_id}/invoke': 'invoke',
  'get /api/v1/invocations/{invocation_id}': 'invoke',
  'post /api/v1/invocations/{invocation_id}/cancel': 'invoke',

  'post /api/v1/budget-checks': 'invoke',
  'post /api/v1/reservations': 'invoke',
  'get /api/v1/reservations/{key}': 'invoke',
  'post /api/v1/reservations/{key}/commit': 'invoke',
  'post /api/v1/reservations/{key}/release': 'invoke',
  'post /api/v1/reservations/{key}/extend': 'invoke',
  'post /api/v1/costs': 'invoke',

  'get /api/v1/external-agents': 'manage',
  'put /api/v1/external-agents/{agent_id}': 'manage',
  'get /api/v1/external-agents/{agent_id}': 'manage',
  'delete /api/v1/external-agents/{agent_id}': 'manage',
  'get /api/v1/external-agents/{agent_id}/budget': 'manage',
  'patch /api/v1/external-agents/{agent_id}/budget/config': 'manage',
  'get /api/v1/external-agents/{agent_id}/governance-status': 'manage',

  'get /api/v1/budgets': 'manage',
  'put /api/v1/budgets/{budget_id}': 'manage',
  'get /api/v1/budgets/{budget_id}': 'manage',
  'patch /api/v1/budgets/{budget_id}': 'manage',
  'delete /api/v1/budgets/{budget_id}': 'manage',
  'get /api/v1/budgets/{budget_id}/entries': 'manage',
  'get /api/v1/budgets/{budget_id}/statements': 'manage',
  'get /api/v1/budgets/{budget_id}/alerts': 'manage',
  'post /api/v1/budgets/{budget_id}/alerts/test': 'manage',
  'post /api/v1/budgets/{budget_id}/alerts/{alert_id}/send-again': 'manage',
  'get /api/v1/organization/policy': 'manage',
  'put /api/v1/organization/policy': 'manage',

  'get /api/v1/api-keys': 'admin',
  'post /api/v1/api-keys': 'admin',
  'get /api/v1/api-keys/{key_id}': 'admin',
  'delete /api/v1/api-keys/{key_id}': 'admin',
  'post /api/v1/api-keys/{key_id}/rotate': 'admin',

  'get /health/live': 'public',
  'get /health/ready': 'public',
  'get /metrics': 'public',
  'get /openapi.json': 'public',
  'get /docs': 'public',
} as const satisfies Record<string, Access>;

export type RouteName = keyof typeof ACCESS;

const RANK = [KeyRole.invoke, KeyRole.manage, KeyRole.admin];

/** Each role may do what those before it may. */
export function isAllowed(role: KeyRole, access: Access): boolean {
  return access === 'public' || RANK.indexOf(role) >= RANK.indexOf(access);
}
