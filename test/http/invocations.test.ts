import { createBudgetClient } from '../../src/client';
import { spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import type { Harness } from '../support/harness';
import { setting } from '../support/setting';
import { AGENTS, registerAgents } from './agents';
import { newOrganization, serve, type Answer, type TestApi } from './support';
import { serveWithWorker } from './with-worker';

describe('invocations', () => {
  let served: TestApi & { harness: Harness };
  let organizationId: string;
  let token: string;
  beforeAll(async () => {
    served = await serveWithWorker(AGENTS);
  });
  afterAll(() => served.stop());
  beforeEach(async () => {
    organizationId = newOrganization();
    token = await served.key(organizationId);
    await registerAgents(served, token);
    await served.ask('put', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 1 } });
  });

  const invoke = (agent: string, body: object, headers: Record<string, string> = {}, query = ''): Promise<Answer> =>
    served.ask('post', `/api/v1/external-agents/${agent}/invoke${query}`, { token, body, headers });

  it('answer with output, cost, budget and a link', async () => {
    const { status, body, headers } = await invoke('echo', { input: { text: 'x' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      output: { text: 'x' },
      cost_usd: 0.4,
      reserved_usd: 0.5,
      budget: { reason: 'Within budget', usage: 0, remaining_usd: 1, is_unbudgeted: false },
      degraded_mode: false,
      warning_triggered: false,
      warning_message: null,
      web_ui_link: expect.stringContaining('/workflows/agent-invocation%2F') as string,
    });
    expect(headers.get('location')).toBe(`/api/v1/invocations/${String(body['invocation_id'])}`);
    const again = await served.ask('get', headers.get('location') ?? '', { token });
    expect(again.body).toMatchObject({ status: 'completed', phase: 'ended', output: { text: 'x' }, external_agent_id: 'echo' });
  });

  it('take what is as deep as JSON may be', async () => {
    const deep = JSON.parse('['.repeat(99) + ']'.repeat(99)) as unknown;
    expect(await invoke('echo', { input: deep })).toMatchObject({ status: 200, body: { status: 'completed', output: deep } });
  });

  it('are denied at once, with what stands in the way', async () => {
    const slow = await invoke('slow', { input: 60_000 }, { Prefer: 'respond-async', 'Idempotency-Key': 'slow-1' });
    expect(slow).toMatchObject({
      status: 202,
      body: { status: 'running', output: null, cost_usd: null, reserved_usd: 0.5, budget: { reason: 'Within budget' } },
    });
    const began = Date.now();
    const { status, body } = await invoke('echo', { input: 1, estimated_cost_usd: 0.6 });
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(status).toBe(402);
    const link = `${setting('TEST_TEMPORAL_UI')}/namespaces/default/workflows/agent-invocation%2F${organizationId}%2Fslow-1`;
    expect(body).toMatchObject({
      type: 'urn:agent-budget:problem:budget-exceeded',
      detail: 'Monthly budget exceeded. Remaining: $0.50, Requested: $0.60',
      code: 'monthly_cost',
      budget_id: 'monthly',
      scope: { organization_id: organizationId, team_id: null },
      limit_usd: 1,
      spent_usd: 0,
      held_usd: 0.5,
      requested_usd: 0.6,
      available_usd: 0.5,
      resets_at: expect.stringMatching(/T00:00:00.000Z$/) as string,
      holds: [{ key: 'slow-1', invocation_id: 'slow-1', held_usd: 0.5, since: expect.any(String) as string, web_ui_link: link }],
    });
    await served.ask('post', '/api/v1/invocations/slow-1/cancel', { token });
  });

  it('are one run for one idempotency key and body', async () => {
    const key = { 'Idempotency-Key': 'order-1' };
    const first = await invoke('echo', { input: 'a' }, key);
    const second = await invoke('echo', { input: 'a' }, key);
    expect(second.status).toBe(200);
    expect({ ...second.body, phase: null }).toEqual({ ...first.body, phase: null });
    expect(await invoke('echo', { input: 'b' }, key)).toMatchObject({
      status: 409,
      body: { type: 'urn:agent-budget:problem:key-conflict' },
    });
    expect(await spending(served.store, organizationId)).toMatchObject({ spentUsd: 0.4, executions: 1 });
  });

  it('may be tried again under their key where nothing was decided: by a new run, once', async () => {
    const later = () => invoke('later', { input: 1 }, { 'Idempotency-Key': 'k' });
    expect(await later()).toMatchObject({ status: 404 });
    expect(await later()).toMatchObject({ status: 404 });
    const body = { platform: 'in_process', function_name: 'echo', max_attempts: 1 };
    await served.ask('put', '/api/v1/external-agents/later', { token, body });
    const all = await Promise.all([later(), later(), later()]);
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await invoke('later', { input: 2 }, { 'Idempotency-Key': 'k' })).toMatchObject({ status: 409 });
    expect(await spending(served.store, organizationId)).toEqual({ spentUsd: 0.4, heldUsd: 0, executions: 1 });
  });

  it('that have ended are told with their output, also to those who would not wait', async () => {
    await invoke('echo', { input: 'x' }, { 'Idempotency-Key': 'k' });
    for (const [headers, query] of [
      [{ Prefer: 'respond-async' }, ''],
      [{}, '?wait=0'],
    ] as const) {
      const again = await invoke('echo', { input: 'x' }, { 'Idempotency-Key': 'k', ...headers }, query);
      expect(again).toMatchObject({ status: 200, body: { status: 'completed', output: 'x' } });
      expect(again.headers.get('preference-applied')).toBeNull();
    }
  });

  it('that are cancelled while their caller waits are a 409, and no failure of the agent', async () => {
    const waiting = invoke('slow', { input: 20_000 }, { 'Idempotency-Key': 'k' });
    await eventually(
      () => served.ask('get', '/api/v1/invocations/k', { token }),
      ({ body }) => body['phase'] === 'running',
    );
    await served.ask('post', '/api/v1/invocations/k/cancel', { token });
    expect(await waiting).toMatchObject({
      status: 409,
      body: { type: 'urn:agent-budget:problem:cancelled', instance: '/api/v1/invocations/k' },
    });
  });

  it('stay denied under the key that was denied, also after a raise', async () => {
    const key = { 'Idempotency-Key': 'order-2' };
    const body = { input: 'a', estimated_cost_usd: 2 };
    expect(await invoke('echo', body, key)).toMatchObject({ status: 402 });
    await served.ask('patch', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 10 } });
    expect(await invoke('echo', body, key)).toMatchObject({ status: 402, body: { limit_usd: 1 } });
    expect(await invoke('echo', body)).toMatchObject({ status: 200 });
  });

  it.each([
    ['the query', {}, '?wait=1'],
    ['the Prefer header', { Prefer: 'wait=1' }, ''],
  ])('that take longer than %s waits go on behind a 202', async (_what, headers, query) => {
    const { status, body } = await invoke('slow', { input: 2_000 }, headers, query);
    expect({ status, phase: body['phase'] }).toEqual({ status: 202, phase: 'running' });
    const where = `/api/v1/invocations/${String(body['invocation_id'])}`;
    const ended = await eventually(
      () => served.ask('get', where, { token }),
      (answer) => answer.body['status'] !== 'running',
    );
    expect(ended.body).toMatchObject({ status: 'completed', output: 'done', cost_usd: 0.2 });
  });

  it('that fail are a 502 with what they cost, and can be read', async () => {
    const { status, body } = await invoke('broken', { input: 1 });
    expect(status).toBe(502);
    expect(body).toMatchObject({ type: 'urn:agent-budget:problem:agent-failed', detail: 'The agent is broken', cost_usd: 0.1 });
    const read = await served.ask('get', String(body['instance']), { token });
    expect(read.body).toMatchObject({ status: 'failed', error: { message: 'The agent is broken' }, cost_usd: 0.1 });
  });

  it('whose agent speaks of budgets are no 402 (402 is chosen by searching the error’s text)', async () => {
    expect(await invoke('talker', { input: 1 })).toMatchObject({ status: 502, body: { type: 'urn:agent-budget:problem:agent-failed' } });
  });

  it('meet the same budget on every path (a gate exists but one path never calls it; a pass-through path skips the check)', async () => {
    const ask = (method: string, path: string, body: object) => served.ask(method, `/api/v1/${path}`, { token, body });
    await ask('post', 'costs', { key: 'all', external_agent_id: 'echo', actual_cost_usd: 1 });
    const call = { external_agent_id: 'echo', estimated_cost_usd: 0.01 };
    expect(await invoke('echo', { input: 1 })).toMatchObject({ status: 402 });
    expect(await invoke('echo', { input: 1 }, { Prefer: 'respond-async' })).toMatchObject({ status: 402 });
    expect(await ask('post', 'reservations', { key: 'r', ...call })).toMatchObject({ status: 402 });
    expect(await ask('post', 'budget-checks', call)).toMatchObject({ status: 200, body: { allowed: false } });
    // The registry's own client, past HTTP.
    await expect(served.harness.budget.invoke({ organizationId, agentId: 'echo', input: 1 })).resolves.toMatchObject({ status: 'denied' });
  });

  it('can be cancelled, and then stay cancelled', async () => {
    const { body } = await invoke('slow', { input: 20_000 }, { Prefer: 'respond-async' });
    const where = `/api/v1/invocations/${String(body['invocation_id'])}`;
    expect(await served.ask('post', `${where}/cancel`, { token })).toMatchObject({ status: 202 });
    const ended = await eventually(
      () => served.ask('get', where, { token }),
      (answer) => answer.body['status'] !== 'running',
    );
    expect(ended.body).toMatchObject({ status: 'cancelled' });
    expect(await served.ask('post', `${where}/cancel`, { token })).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    expect(await spending(served.store, organizationId)).toMatchObject({ heldUsd: 0 });
  });

  it('keep their metadata on the ledger entries', async () => {
    await invoke('echo', { input: 1, metadata: { order: 4711 } });
    const { body } = await served.ask('get', '/api/v1/budgets/monthly/entries', { token });
    const charged = (body['items'] as Record<string, unknown>[]).find((entry) => entry['spent_usd'] === 0.4);
    expect(charged).toMatchObject({ metadata: { order: 4711 }, execution_success: true });
  });

  it.each([
    ['no input', {}, 'input'],
    ['an unknown field', { input: 1, organization_id: 'x' }, 'organization_id'],
    ['an estimate below 0', { input: 1, estimated_cost_usd: -1 }, 'estimated_cost_usd'],
    ['a team that is no id', { input: 1, team_id: 'a b' }, 'team_id'],
  ])('with %s are refused at the field', async (_what, body, path) => {
    expect(await invoke('echo', body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('of a pinned key are made for its own user, and seen by it alone', async () => {
    const ada = await served.key(organizationId, { role: 'invoke', userId: 'ada' });
    const bob = await served.key(organizationId, { role: 'invoke', userId: 'bob' });
    const path = '/api/v1/external-agents/echo/invoke';
    const run = await served.ask('post', path, { token: ada, body: { input: 'mine' } });
    expect(run.body).toMatchObject({ user_id: 'ada', status: 'completed' });
    const where = `/api/v1/invocations/${String(run.body['invocation_id'])}`;
    expect(await served.ask('get', where, { token: ada })).toMatchObject({ status: 200 });
    expect(await served.ask('get', where, { token: bob })).toMatchObject({ status: 404 });
    expect(await served.ask('post', `${where}/cancel`, { token: bob })).toMatchObject({ status: 404 });
    expect(await served.ask('post', path, { token: ada, body: { input: 1, user_id: 'bob' } })).toMatchObject({ status: 403 });
  });

  it('that no worker takes up are a 202, and nobody starts them twice', async () => {
    const invocations = createBudgetClient(served.harness.temporal, { taskQueue: `nobody-${organizationId}`, admissionTimeoutMs: 500 });
    const alone = await serve({ store: served.store, invocations });
    const ask = (input: number) =>
      alone.ask('post', '/api/v1/external-agents/echo/invoke', { token, body: { input }, headers: { 'Idempotency-Key': 'k' } });
    const first = await ask(1);
    expect(first).toMatchObject({ status: 202, body: { status: 'running', phase: null, invocation_id: 'k', external_agent_id: 'echo' } });
    expect(first.headers.get('location')).toBe('/api/v1/invocations/k');
    expect(await ask(2)).toMatchObject({ status: 409 });
    await alone.ask('post', '/api/v1/invocations/k/cancel', { token });
    await served.harness.temporal.workflow.getHandle(`agent-invocation/${organizationId}/k`).terminate();
    await alone.stop();
  });

  it('must name whom their organization requires', async () => {
    await served.ask('put', '/api/v1/organization/policy', { token, body: { requires: { team_id: true } } });
    expect(await invoke('echo', { input: 1 })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('must name a team') as string },
    });
    expect(await invoke('echo', { input: 1, team_id: 'red' })).toMatchObject({ status: 200 });
  });
});
