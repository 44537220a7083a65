// A program of somebody else's: it knows the API by what openapi-typescript generated from /openapi.json alone.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

const [baseUrl = '', token = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

type Denial = components['schemas']['Denial'];

const budget = await client.PUT('/api/v1/budgets/{budget_id}', {
  params: { path: { budget_id: 'monthly' } },
  body: { scope: { external_agent_id: 'echo' }, monthly_budget_usd: 1 },
});
await client.PUT('/api/v1/external-agents/{agent_id}', {
  params: { path: { agent_id: 'echo' } },
  body: { platform: 'in_process', function_name: 'echo' },
});
const run = await client.POST('/api/v1/external-agents/{agent_id}/invoke', {
  params: { path: { agent_id: 'echo' }, header: { 'Idempotency-Key': 'client-1' }, query: { wait: 20 } },
  body: { input: { text: 'hello' } },
});
const reservation = await client.POST('/api/v1/reservations', {
  body: { key: 'r-1', external_agent_id: 'echo', estimated_cost_usd: 0.25 },
});
const refused = await client.POST('/api/v1/reservations', {
  body: { key: 'r-2', external_agent_id: 'echo', estimated_cost_usd: 5 },
});
const denial = refused.error as Denial;
const entries = await client.GET('/api/v1/budgets/{budget_id}/entries', {
  params: { path: { budget_id: 'monthly' }, query: { limit: 1 } },
});

console.log(
  JSON.stringify({
    limit: budget.data?.monthly_budget_usd,
    output: run.data?.output,
    cost: run.data?.cost_usd,
    held: reservation.data?.held_usd,
    refusal: [refused.response.status, denial.code, denial.holds.length],
    entries: entries.data?.items.length,
    next: typeof entries.data?.next_cursor,
  }),
);
