import { onEveryStoreOverHttp, type Managed } from './on-every-store';
import { serve } from './support';
onEveryStoreOverHttp('what keys may do with budgets, and many at once', (managed) => {
  const ask: Managed['ask'] = (...request) => managed().ask(...request);

  it('loses none of many patches at the same time', async () => {
    const patches = { monthly_budget_usd: 1, daily_budget_usd: 2, monthly_execution_limit: 3, daily_execution_limit: 4, anchor_day: 5 };
    const all = await Promise.all(
      Object.entries(patches).map(([name, value]) => ask('patch', 'external-agents/new/budget/config', { [name]: value })),
    );
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await ask('get', 'budgets/new')).body).toMatchObject(patches);
  });

  it('loses none of fifty patches of one field, and answers each', async () => {
    await ask('put', 'budgets/one', { monthly_budget_usd: 100 });
    const all = await Promise.all(Array.from({ length: 50 }, (_none, n) => ask('patch', 'budgets/one', { monthly_budget_usd: n })));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("refuses the operator's secrets to keys of an organization", async () => {
    const agent = { platform: 'custom_rest_api', endpoint: 'https://a.example', secret_headers: { 'x-key': 'env:DATABASE_URL' } };
    expect(await ask('put', 'external-agents/spy', agent)).toMatchObject({ status: 403 });
    expect(await ask('put', 'budgets/spy', { alerts: { webhook_url: 'file:/etc/passwd' } })).toMatchObject({ status: 403 });
    expect(await ask('patch', 'external-agents/spy/budget/config', { alerts: { webhook_secret: 'env:A' } })).toMatchObject({ status: 403 });
    expect(await ask('put', 'organization/policy', { alerts: { webhook_url: 'env:A' } })).toMatchObject({ status: 403 });
  });

  it.each([
    ['put', { scope: { team_id: 'red' }, monthly_budget_usd: 1_000_000 }],
    ['delete', undefined],
  ])('keeps a pinned key that would %s a budget from one that was made the organization’s meanwhile', async (method, body) => {
    const { store } = managed().served;
    await ask('put', 'budgets/cap', { scope: { team_id: 'red' }, monthly_budget_usd: 5 });
    const racing = await serve({
      store: {
        ...store,
        budget: async (...name) => {
          const found = await store.budget(...name);
          if (found?.scope.teamId === 'red') await ask('put', 'budgets/cap', { monthly_budget_usd: 1 });
          return found;
        },
      },
    });
    const red = await managed().served.key(managed().organizationId, { role: 'manage', teamId: 'red' });
    const answer = await racing.ask(method, '/api/v1/budgets/cap', { token: red, body });
    expect(answer.status).toBe(method === 'put' ? 403 : 404);
    expect((await ask('get', 'budgets/cap')).body).toMatchObject({ scope: { team_id: null }, monthly_budget_usd: 1 });
    await racing.stop();
  });

  it("never signs with an operator's secret what a change sends elsewhere", async () => {
    const operator = await managed().served.key(null);
    const alerts = { webhook_url: 'https://ops.example', webhook_secret: 'env:HOOK' };
    const headers = { 'X-Organization-Id': managed().organizationId };
    await managed().served.ask('put', '/api/v1/budgets/bot', {
      token: operator,
      headers,
      body: { scope: { external_agent_id: 'bot' }, alerts },
    });
    for (const path of ['budgets/bot', 'external-agents/bot/budget/config']) {
      expect(await ask('patch', path, { alerts: { webhook_url: 'https://evil.example' } })).toMatchObject({ status: 403 });
      expect(await ask('patch', path, { monthly_budget_usd: 3, alerts: { cooldown_minutes: 3 } })).toMatchObject({
        status: 200,
        body: { alerts: { ...alerts, cooldown_minutes: 3 } },
      });
    }
    await managed().served.ask('put', '/api/v1/organization/policy', {
      token: operator,
      headers,
      body: { alerts: { webhook_secret: 'env:POLICY' } },
    });
    const inherited = { alerts: { webhook_url: 'https://evil.example' } };
    for (const [method, path] of [
      ['put', 'budgets/fresh'],
      ['patch', 'external-agents/other/budget/config'],
    ] as const) {
      expect(await ask(method, path, inherited)).toMatchObject({ status: 403 });
    }
    const moved = { webhook_url: 'https://mine.example', webhook_secret: null };
    expect(await ask('patch', 'budgets/bot', { alerts: moved })).toMatchObject({ status: 200, body: { alerts: moved } });
  });

  it('lets a pinned key manage the budgets of its own team alone', async () => {
    await ask('put', 'budgets/all', {});
    const red = await managed().served.key(managed().organizationId, { role: 'manage', teamId: 'red' });
    const asRed = (method: string, path: string, body?: unknown) => managed().served.ask(method, `/api/v1/${path}`, { token: red, body });
    expect(await asRed('put', 'budgets/red', { scope: { team_id: 'red' }, monthly_budget_usd: 1 })).toMatchObject({ status: 200 });
    expect(await asRed('put', 'budgets/blue', { scope: { team_id: 'blue' } })).toMatchObject({ status: 403 });
    expect(await asRed('put', 'budgets/all', { scope: { team_id: 'red' } })).toMatchObject({ status: 403 });
    for (const method of ['get', 'delete']) expect(await asRed(method, 'budgets/all')).toMatchObject({ status: 404 });
    expect(ids((await asRed('get', 'budgets')).body)).toEqual(['red']);
    // Whether there is a budget of that name, it does not learn.
    const [there, nowhere] = [
      await asRed('patch', 'external-agents/all/budget/config', {}),
      await asRed('patch', 'external-agents/nobody/budget/config', {}),
    ];
    expect([there.status, there.body]).toEqual([403, nowhere.body]);
    expect(await asRed('put', 'external-agents/x', { platform: 'in_process', function_name: 'f' })).toMatchObject({ status: 403 });
    expect(await asRed('put', 'organization/policy', {})).toMatchObject({ status: 403 });
  });
});

function ids(body: Record<string, unknown>): string[] {
  return (body['items'] as { budget_id: string }[]).map((item) => item.budget_id);
}
