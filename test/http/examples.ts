import type { RouteName } from '../../src/http/access';
import type { Ask } from './support';

/** One request. A path's ids are those of `seed`. */
export interface Example {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** For each route: what is well, then the statuses that only it answers. A new route without an example does not compile. */
export const EXAMPLES: Readonly<
  Record<Exclude<RouteName, `${string} /${'health' | 'metrics' | 'openapi' | 'docs'}${string}`>, readonly Example[]>
> = {
  'post /api/v1/external-agents/{agent_id}/invoke': [
    { path: '/api/v1/external-agents/echo/invoke', body: { input: { text: 'Ä' }, metadata: { order: 7 } }, status: 200 },
    { path: '/api/v1/external-agents/echo/invoke?wait=0', body: { input: null }, status: 202 },
    { path: '/api/v1/external-agents/echo/invoke', body: { input: '', estimated_cost_usd: 1_000 }, status: 402 },
    { path: '/api/v1/external-agents/nobody/invoke', body: { input: '' }, status: 404 },
    { path: '/api/v1/external-agents/echo/invoke', body: { input: 'other' }, headers: { 'Idempotency-Key': 'run-1' }, status: 409 },
    { path: '/api/v1/external-agents/broken/invoke', body: { input: '' }, status: 502 },
  ],
  'get /api/v1/invocations/{invocation_id}': [
    { path: '/api/v1/invocations/run-1', status: 200 },
    { path: '/api/v1/invocations/run-0', status: 404 },
  ],
  'post /api/v1/invocations/{invocation_id}/cancel': [
    { path: '/api/v1/invocations/run-1/cancel', status: 202 },
    { path: '/api/v1/invocations/run-0/cancel', status: 404 },
  ],

  'post /api/v1/budget-checks': [
    { path: '/api/v1/budget-checks', body: { external_agent_id: 'echo', estimated_cost_usd: 1 }, status: 200 },
    { path: '/api/v1/budget-checks', body: { external_agent_id: 'nobody' }, status: 404 },
  ],
  'post /api/v1/reservations': [
    { path: '/api/v1/reservations', body: { key: 'new', external_agent_id: 'echo', estimated_cost_usd: 1 }, status: 201 },
    { path: '/api/v1/reservations', body: { key: 'big', external_agent_id: 'echo', estimated_cost_usd: 1e6 }, status: 402 },
    { path: '/api/v1/reservations', body: { key: 'hold-1', external_agent_id: 'echo', estimated_cost_usd: 2 }, status: 409 },
  ],
  'get /api/v1/reservations/{key}': [
    { path: '/api/v1/reservations/hold-1', status: 200 },
    { path: '/api/v1/reservations/hold-0', status: 404 },
  ],
  'post /api/v1/reservations/{key}/commit': [
    { path: '/api/v1/reservations/hold-1/commit', body: { actual_cost_usd: 0.5, execution_success: true }, status: 200 },
    { path: '/api/v1/reservations/hold-0/commit', body: { actual_cost_usd: 0.5 }, status: 404 },
    { path: '/api/v1/reservations/committed/commit', body: { actual_cost_usd: 0.6 }, status: 409 },
  ],
  'post /api/v1/reservations/{key}/release': [
    { path: '/api/v1/reservations/hold-2/release', status: 200 },
    { path: '/api/v1/reservations/hold-0/release', status: 404 },
    { path: '/api/v1/reservations/committed/release', status: 409 },
  ],
  'post /api/v1/reservations/{key}/extend': [
    { path: '/api/v1/reservations/hold-3/extend', status: 200 },
    { path: '/api/v1/reservations/hold-0/extend', status: 404 },
    { path: '/api/v1/reservations/run-1/extend', status: 409 },
  ],
  'post /api/v1/costs': [
    { path: '/api/v1/costs', body: { key: 'cost-2', external_agent_id: 'echo', actual_cost_usd: 0.1 }, status: 200 },
    { path: '/api/v1/costs', body: { key: 'cost-1', external_agent_id: 'echo', actual_cost_usd: 0.2 }, status: 409 },
  ],

  'get /api/v1/external-agents': [{ path: '/api/v1/external-agents', status: 200 }],
  'put /api/v1/external-agents/{agent_id}': [
    {
      path: '/api/v1/external-agents/new',
      body: { platform: 'in_process', function_name: 'echo', prices: { usd_per_call: 1 } },
      status: 200,
    },
  ],
  'get /api/v1/external-agents/{agent_id}': [
    { path: '/api/v1/external-agents/echo', status: 200 },
    { path: '/api/v1/external-agents/nobody', status: 404 },
  ],
  'delete /api/v1/external-agents/{agent_id}': [
    { path: '/api/v1/external-agents/spare', status: 204 },
    { path: '/api/v1/external-agents/nobody', status: 404 },
  ],
  'get /api/v1/external-agents/{agent_id}/budget': [
    { path: '/api/v1/external-agents/echo/budget', status: 200 },
    { path: '/api/v1/external-agents/nobody/budget', status: 404 },
  ],
  'patch /api/v1/external-agents/{agent_id}/budget/config': [
    { path: '/api/v1/external-agents/echo/budget/config', body: { daily_budget_usd: 50 }, status: 200 },
    { path: '/api/v1/external-agents/monthly/budget/config', body: {}, status: 409 },
  ],
  'get /api/v1/external-agents/{agent_id}/governance-status': [{ path: '/api/v1/external-agents/echo/governance-status', status: 200 }],

  'get /api/v1/budgets': [{ path: '/api/v1/budgets', status: 200 }],
  'put /api/v1/budgets/{budget_id}': [
    { path: '/api/v1/budgets/team', body: { scope: { team_id: 'red' }, monthly_budget_usd: 5, timezone: 'Asia/Tokyo' }, status: 200 },
  ],
  'get /api/v1/budgets/{budget_id}': [
    { path: '/api/v1/budgets/monthly', status: 200 },
    { path: '/api/v1/budgets/none', status: 404 },
  ],
  'patch /api/v1/budgets/{budget_id}': [
    { path: '/api/v1/budgets/monthly', body: { daily_budget_usd: 90 }, status: 200 },
    { path: '/api/v1/budgets/none', body: {}, status: 404 },
  ],
  'delete /api/v1/budgets/{budget_id}': [
    { path: '/api/v1/budgets/spare', status: 204 },
    { path: '/api/v1/budgets/none', status: 404 },
  ],
  'get /api/v1/budgets/{budget_id}/entries': [
    { path: '/api/v1/budgets/monthly/entries?limit=2', status: 200 },
    { path: '/api/v1/budgets/none/entries', status: 404 },
  ],
  'get /api/v1/budgets/{budget_id}/statements': [
    { path: '/api/v1/budgets/monthly/statements', status: 200 },
    { path: '/api/v1/budgets/none/statements', status: 404 },
  ],
  'get /api/v1/budgets/{budget_id}/alerts': [
    { path: '/api/v1/budgets/monthly/alerts', status: 200 },
    { path: '/api/v1/budgets/none/alerts', status: 404 },
  ],
  'post /api/v1/budgets/{budget_id}/alerts/test': [
    { path: '/api/v1/budgets/monthly/alerts/test', status: 200 },
    { path: '/api/v1/budgets/none/alerts/test', status: 404 },
  ],
  'post /api/v1/budgets/{budget_id}/alerts/{alert_id}/send-again': [
    { path: '/api/v1/budgets/loud/alerts/ALERT/send-again', body: { channel: 'webhook' }, status: 202 },
    { path: '/api/v1/budgets/monthly/alerts/999/send-again', body: { channel: 'email' }, status: 404 },
  ],
  'get /api/v1/organization/policy': [{ path: '/api/v1/organization/policy', status: 200 }],
  'put /api/v1/organization/policy': [
    { path: '/api/v1/organization/policy', body: { alerts: { email_recipients: ['ops@example.com'] } }, status: 200 },
  ],

  'get /api/v1/api-keys': [{ path: '/api/v1/api-keys', status: 200 }],
  'post /api/v1/api-keys': [{ path: '/api/v1/api-keys', body: { name: 'new', role: 'invoke', user_id: 'ada' }, status: 201 }],
  'get /api/v1/api-keys/{key_id}': [
    { path: '/api/v1/api-keys/KEY1', status: 200 },
    { path: '/api/v1/api-keys/none', status: 404 },
  ],
  'delete /api/v1/api-keys/{key_id}': [
    { path: '/api/v1/api-keys/KEY2', status: 200 },
    { path: '/api/v1/api-keys/none', status: 404 },
  ],
  'post /api/v1/api-keys/{key_id}/rotate': [
    { path: '/api/v1/api-keys/KEY1/rotate', body: { grace_seconds: 60 }, status: 201 },
    { path: '/api/v1/api-keys/none/rotate', body: {}, status: 404 },
    { path: '/api/v1/api-keys/KEY2/rotate', body: {}, status: 409 },
  ],
};

/** Ids that only the seeded organization knows, by their place-holder. */
export type Seeded = Readonly<Record<'KEY1' | 'KEY2' | 'ALERT', string>>;

/** Puts into an organization what the examples are about. */
export async function seed(ask: Ask, token: string): Promise<Omit<Seeded, 'ALERT'>> {
  const ok = async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await ask(method, path, { token, body, headers });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body;
  };
  for (const [agentId, functionName] of Object.entries({ echo: 'echo', broken: 'broken', spare: 'echo' })) {
    const retries = { max_attempts: 1 };
    await ok('put', `/api/v1/external-agents/${agentId}`, { platform: 'in_process', function_name: functionName, ...retries });
  }
  await ok('put', '/api/v1/budgets/monthly', { monthly_budget_usd: 100 });
  await ok('put', '/api/v1/budgets/spare', { scope: { team_id: 'red' } });
  await ok('put', '/api/v1/budgets/echo', { scope: { external_agent_id: 'echo' }, monthly_budget_usd: 100 });
  const call = { external_agent_id: 'echo', estimated_cost_usd: 1 };
  for (const key of ['hold-1', 'hold-2', 'hold-3', 'committed']) await ok('post', '/api/v1/reservations', { ...call, key });
  await ok('post', '/api/v1/reservations/committed/commit', { actual_cost_usd: 0.5 });
  await ok('post', '/api/v1/costs', { key: 'cost-1', external_agent_id: 'echo', actual_cost_usd: 0.1 });
  await ok('post', '/api/v1/external-agents/echo/invoke', { input: 'secret words' }, { 'Idempotency-Key': 'run-1' });
  const [KEY1, KEY2] = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const { key } = await ok('post', '/api/v1/api-keys', { name, role: 'invoke' });
      return (key as { key_id: string }).key_id;
    }),
  );
  return { KEY1: KEY1 ?? '', KEY2: KEY2 ?? '' };
}

export function pathOf({ path }: Example, seeded: Partial<Seeded>): string {
  return path.replace(/KEY1|KEY2|ALERT/, (name) => seeded[name as keyof Seeded] ?? '1');
}
