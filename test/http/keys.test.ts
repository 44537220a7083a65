import { newOrganization, serve, type Answer, type TestApi } from './support';

describe('API keys over HTTP', () => {
  let served: TestApi;
  let now = Date.UTC(2030, 0, 1);
  let operator: string;
  let organizationId: string;
  let admin: string;
  beforeAll(async () => {
    served = await serve({ now: () => now });
    operator = await served.key(null);
  });
  afterAll(() => served.stop());
  beforeEach(async () => {
    now += 1;
    organizationId = newOrganization();
    admin = await served.key(organizationId);
  });

  const ask = (method: string, path: string, body?: unknown, token = admin): Promise<Answer> =>
    served.ask(method, `/api/v1/api-keys${path}`, { token, body });
  const list = (token: string) => served.ask('get', '/api/v1/budgets', { token });
  const tokenIn = ({ body }: Answer) => body['token'] as string;
  const keyIn = ({ body }: Answer) => body['key'] as Record<string, unknown> & { key_id: string };

  it('are shown once, and work at once', async () => {
    const made = await ask('post', '', { name: 'CI', role: 'manage', expires_at: '2031-01-01T00:00:00Z' });
    expect(made).toMatchObject({
      status: 201,
      body: { token: expect.stringMatching(/^ab_/) as string, key: { name: 'CI', role: 'manage', organization_id: organizationId } },
    });
    expect(made.headers.get('location')).toBe(`/api/v1/api-keys/${keyIn(made).key_id}`);
    expect(await list(tokenIn(made))).toMatchObject({ status: 200 });
    const read = await ask('get', `/${keyIn(made).key_id}`);
    expect(read.body).toMatchObject({ name: 'CI', expires_at: '2031-01-01T00:00:00.000Z', last_used_at: new Date(now).toISOString() });
    expect(read.text).not.toContain(tokenIn(made));
  });

  it('end when they are revoked', async () => {
    const made = await ask('post', '', { name: 'gone', role: 'manage' });
    expect(await ask('delete', `/${keyIn(made).key_id}`)).toMatchObject({ status: 200, body: { revoked_at: new Date(now).toISOString() } });
    expect(await list(tokenIn(made))).toMatchObject({ status: 401 });
    expect(await ask('post', `/${keyIn(made).key_id}/rotate`, {})).toMatchObject({ status: 409 });
  });

  it('are rotated at once, or with a grace, and what they spent stays', async () => {
    await served.ask('put', '/api/v1/budgets/monthly', { token: admin, body: { monthly_budget_usd: 1 } });
    const made = await ask('post', '', { name: 'app', role: 'invoke', user_id: 'ada' });
    const cost = { key: 'k', external_agent_id: 'bot', actual_cost_usd: 0.7 };
    await served.ask('post', '/api/v1/costs', { token: tokenIn(made), body: cost });
    const graced = await ask('post', `/${keyIn(made).key_id}/rotate`, { grace_seconds: 60 });
    expect(graced).toMatchObject({ status: 201, body: { key: { name: 'app', user_id: 'ada', role: 'invoke' } } });
    const check = { external_agent_id: 'bot', estimated_cost_usd: 0.5 };
    const asked = (token: string) => served.ask('post', '/api/v1/budget-checks', { token, body: check });
    expect((await asked(tokenIn(graced))).body).toMatchObject({ allowed: false, remaining_budget_usd: 0.3 });
    expect(await asked(tokenIn(made))).toMatchObject({ status: 200 });
    now += 61_000;
    expect(await asked(tokenIn(made))).toMatchObject({ status: 401 });
  });

  it.each([
    ['an unknown role', { name: 'x', role: 'root' }],
    ['no name', { role: 'invoke' }],
    ['an end that is over', { name: 'x', role: 'invoke', expires_at: '2020-01-01T00:00:00Z' }],
    ['pins on an admin', { name: 'x', role: 'admin', user_id: 'ada' }],
    ['an organization of its own choice', { name: 'x', role: 'invoke', organization_id: 'other' }],
  ])('with %s are refused', async (_what, body) => {
    expect(await ask('post', '', body)).toMatchObject({ status: 400 });
  });

  it('of other organizations are not there', async () => {
    const { key_id: keyId } = keyIn(await ask('post', '', { name: 'mine', role: 'invoke' }));
    const other = await served.key(newOrganization());
    expect(await ask('get', `/${keyId}`, undefined, other)).toMatchObject({ status: 404 });
    expect(await ask('delete', `/${keyId}`, undefined, other)).toMatchObject({ status: 404 });
    expect(await ask('post', `/${keyId}/rotate`, {}, other)).toMatchObject({ status: 404 });
    expect((await ask('get', '', undefined, other)).text).not.toContain(keyId);
  });

  it('of the operator are made by the operator alone', async () => {
    expect(await ask('post', '', { name: 'second', role: 'admin' }, operator)).toMatchObject({
      status: 201,
      body: { key: { organization_id: null } },
    });
    expect(await ask('post', '', { name: 'x', role: 'invoke' }, operator)).toMatchObject({ status: 400 });
    expect(keyIn(await ask('post', '', { name: 'mine', role: 'admin' }))).toMatchObject({ organization_id: organizationId });
    const headers = { 'X-Organization-Id': 'brand-new' };
    const first = await served.ask('post', '/api/v1/api-keys', { token: operator, headers, body: { name: 'first', role: 'admin' } });
    expect(first).toMatchObject({ status: 201, body: { key: { organization_id: 'brand-new' } } });
  });

  it('are listed the newest first, in pages that new ones do not shift', async () => {
    for (const name of ['a', 'b', 'c']) {
      now += 1;
      await ask('post', '', { name, role: 'invoke' });
    }
    const first = await ask('get', '?limit=2');
    now += 1;
    await ask('post', '', { name: 'd', role: 'invoke' });
    const second = await ask('get', `?limit=2&cursor=${String(first.body['next_cursor'])}`);
    const names = [first, second].map(({ body }) => (body['items'] as { name: string }[]).map(({ name }) => name));
    // The admin's own was made by the real clock, which is behind this one.
    expect(names).toEqual([
      ['c', 'b'],
      ['a', 'test'],
    ]);
  });
});
