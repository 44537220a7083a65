import { onEveryStoreOverHttp, type Managed } from './on-every-store';
import { randomUUID } from 'node:crypto';

const FULL = {
  scope: { team_id: 'red', user_id: null, external_agent_id: 'echo' },
  monthly_budget_usd: 100.25,
  daily_budget_usd: 0,
  monthly_execution_limit: 1_000,
  daily_execution_limit: null,
  enforcement_mode: 'soft',
  warning_threshold: 0.5,
  degradation_threshold: 0.8,
  timezone: 'Europe/Berlin',
  anchor_day: 15,
  rollover_percent: 10,
  raise: { monthly_usd: 5, daily_usd: 0, monthly_executions: 0, daily_executions: 0, until: '2031-01-01T00:00:00.000Z' },
  alerts: {
    webhook_url: 'https://hooks.example.com/x',
    webhook_secret: null,
    email_recipients: ['ops@example.com'],
    thresholds: [0.5, 1],
    alert_once_per_threshold: false,
    cooldown_minutes: 5,
  },
};

onEveryStoreOverHttp('budgets and agents over HTTP', (managed) => {
  const ask: Managed['ask'] = (...request) => managed().ask(...request);

  it('keeps every field, and says it again', async () => {
    const put = await ask('put', 'budgets/full', FULL);
    expect(put).toMatchObject({ status: 200, body: { budget_id: 'full', organization_id: managed().organizationId, ...FULL } });
    expect((await ask('get', 'budgets/full')).body).toMatchObject(FULL);
    // What was read, with how it stands, can be put back.
    const { body } = await ask('get', 'budgets/full');
    expect((await ask('put', 'budgets/full', body)).body).toEqual(put.body);
    const policy = (await ask('get', 'organization/policy')).body;
    expect(await ask('put', 'organization/policy', policy)).toMatchObject({ status: 200, body: policy });
  });

  it('means by nothing: unlimited, hard, and as the organization alerts', async () => {
    expect((await ask('put', 'budgets/bare', {})).body).toMatchObject({
      monthly_budget_usd: null,
      enforcement_mode: 'hard',
      timezone: 'UTC',
      raise: null,
      alerts: {},
    });
  });

  it.each(Object.entries(FULL).filter(([name]) => name !== 'scope'))(
    'a patch of %s changes it alone (a PATCH answers 200 and is discarded)',
    async (name, value) => {
      const before = (await ask('put', 'budgets/one', { monthly_budget_usd: 7, alerts: { cooldown_minutes: 1 } })).body;
      const after = await ask('patch', 'budgets/one', { [name]: value });
      expect(after).toMatchObject({ status: 200, body: { [name]: value } });
      expect({ ...after.body, [name]: before[name] }).toEqual(before);
      expect((await ask('get', 'budgets/one')).body).toMatchObject({ [name]: value });
    },
  );

  it('a patch takes null for unlimited, and alerts field by field', async () => {
    await ask('put', 'budgets/one', { monthly_budget_usd: 7, alerts: { cooldown_minutes: 1, thresholds: [1] } });
    expect((await ask('patch', 'budgets/one', { monthly_budget_usd: null, alerts: { thresholds: [0.5] } })).body).toMatchObject({
      monthly_budget_usd: null,
      alerts: { cooldown_minutes: 1, thresholds: [0.5] },
    });
    expect((await ask('patch', 'budgets/one', { alerts: null })).body).toMatchObject({ alerts: {} });
  });

  it.each([
    ['a limit below 0', { monthly_budget_usd: -1 }, 'monthly_budget_usd'],
    ['an unknown field', { monthly_budget: 1 }, 'monthly_budget'],
    ['an unknown field within', { alerts: { webhook: 'x' } }, 'alerts.webhook'],
    ['a share of 0', { warning_threshold: 0 }, 'warning_threshold'],
    ['a text for a number', { daily_budget_usd: '5' }, 'daily_budget_usd'],
    ['half an execution', { daily_execution_limit: 0.5 }, 'daily_execution_limit'],
    ['credentials in a URL', { alerts: { webhook_url: 'https://a:b@example.com' } }, 'alerts.webhook_url'],
    ['an id of its scope that is none', { scope: { team_id: 'a b' } }, 'scope.team_id'],
  ])('refuses %s, at the field', async (_what, body, path) => {
    expect(await ask('put', 'budgets/bad', body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect(await ask('get', 'budgets/bad')).toMatchObject({ status: 404 });
  });

  it('refuses a time zone that is none', async () => {
    expect(await ask('put', 'budgets/bad', { timezone: 'Mars/Olympus' })).toMatchObject({ status: 400 });
  });

  it('lists pages that additions do not shift', async () => {
    for (const id of ['a', 'c', 'e', 'g']) await ask('put', `budgets/${id}`, {});
    const first = await ask('get', 'budgets?limit=2');
    expect(ids(first.body)).toEqual(['a', 'c']);
    await ask('put', 'budgets/b', {});
    const second = await ask('get', `budgets?limit=2&cursor=${String(first.body['next_cursor'])}`);
    expect(ids(second.body)).toEqual(['e', 'g']);
    expect(second.body['next_cursor']).toBeNull();
    expect(await ask('get', 'budgets?cursor=nonsense')).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
    expect(await ask('get', 'budgets?unknown=1')).toMatchObject({ status: 400, body: { errors: [{ path: 'unknown' }] } });
  });

  it('shows what was charged page by page', async () => {
    await ask('put', 'budgets/one', {});
    for (const key of ['k1', 'k2', 'k3']) await ask('post', 'costs', { key, external_agent_id: 'echo', actual_cost_usd: 0.1 });
    const first = await ask('get', 'budgets/one/entries?limit=2');
    const second = await ask('get', `budgets/one/entries?limit=2&cursor=${String(first.body['next_cursor'])}`);
    const keys = [first, second].flatMap(({ body }) => (body['items'] as { key: string }[]).map(({ key }) => key));
    expect(keys).toEqual(['k1', 'k2', 'k3']);
  });

  it("an agent's own budget is found, made and patched", async () => {
    expect(await ask('get', 'external-agents/bot/budget')).toMatchObject({ status: 404 });
    const made = await ask('patch', 'external-agents/bot/budget/config', { monthly_budget_usd: 10 });
    expect(made).toMatchObject({ status: 200, body: { budget_id: 'bot', scope: { external_agent_id: 'bot', team_id: null } } });
    await ask('post', 'costs', { key: randomUUID(), external_agent_id: 'bot', actual_cost_usd: 8 });
    expect((await ask('get', 'external-agents/bot/budget')).body).toMatchObject({ status: { month: { spent_usd: 8, usage: 0.8 } } });
    expect((await ask('get', 'external-agents/bot/governance-status')).body).toMatchObject({
      usage: 0.8,
      warning_triggered: true,
      warning_message: 'Budget warning: 80% of monthly budget used',
      degraded_mode: false,
      remaining_budget_usd: 2,
      is_registered: false,
    });
    await ask('post', 'costs', { key: randomUUID(), external_agent_id: 'bot', actual_cost_usd: 1.5 });
    expect((await ask('get', 'external-agents/bot/governance-status')).body).toMatchObject({
      degraded_mode: true,
      remaining_budget_usd: 0.5,
    });
  });

  it('registers agents with every field of theirs, in snake_case', async () => {
    const body = {
      platform: 'openai_compatible',
      model: 'gpt-4o-mini',
      endpoint: 'https://llm.example.com/v1',
      api_key: 'env:LLM_KEY',
      max_output_tokens: 100,
      prices: { input_usd_per_token: 0.00001 },
      estimated_cost_usd: 0.01,
    };
    const operator = await managed().served.key(null);
    const headers = { 'X-Organization-Id': managed().organizationId };
    const put = await managed().served.ask('put', '/api/v1/external-agents/llm', { token: operator, headers, body });
    expect(put).toMatchObject({ status: 200, body: { ...body, agent_id: 'llm', timeout_ms: 120_000 } });
    expect((await ask('get', 'external-agents/llm')).body).toEqual(put.body);
    expect((await managed().served.ask('put', '/api/v1/external-agents/llm', { token: operator, headers, body: put.body })).body).toEqual(
      put.body,
    );
    expect((await ask('get', 'external-agents')).body).toMatchObject({ items: [{ agent_id: 'llm' }], next_cursor: null });
    expect(await ask('delete', 'external-agents/llm')).toMatchObject({ status: 204 });
    expect(await ask('get', 'external-agents/llm')).toMatchObject({ status: 404 });
  });

  it.each([
    ['another name', { platform: 'in_process', function_name: 'f', agent_id: 'other' }, 'agent_id'],
    ['a name in camelCase', { platform: 'in_process', functionName: 'f' }, 'function_name'],
    ['neither secret nor token endpoint', { platform: 'copilot_studio' }, 'secret'],
    [
      'too long a quiet period',
      { platform: 'copilot_studio', token_endpoint: 'https://a.example', quiet_period_ms: 200_000 },
      'quiet_period_ms',
    ],
    ['NUL', { platform: 'in_process', function_name: 'a\0b' }, 'function_name'],
    ['half a character', { platform: 'in_process', function_name: 'f', model: '\ud800' }, 'model'],
  ])('refuses an agent with %s, at the field', async (_what, body, path) => {
    const answer = await ask('put', 'external-agents/bad', body);
    expect(answer).toMatchObject({ status: 400 });
    expect((answer.body['errors'] as { path: string }[]).map((one) => one.path)).toContain(path);
  });
});

function ids(body: Record<string, unknown>): string[] {
  return (body['items'] as { budget_id: string }[]).map((item) => item.budget_id);
}
