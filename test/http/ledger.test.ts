import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl } from '../store/support';
import { newOrganization, serve, type TestApi } from './support';

describe('the ledger over HTTP', () => {
  let served: TestApi;
  let token: string;
  let organizationId: string;
  beforeAll(async () => {
    served = await serve({ store: createPostgresStore(databaseUrl()) });
  });
  afterAll(async () => {
    await served.stop();
    await served.store.close();
  });
  beforeEach(async () => {
    organizationId = newOrganization();
    token = await served.key(organizationId);
    await served.ask('put', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 10 } });
  });

  const post = (path: string, body?: unknown, as = token) => served.ask('post', `/api/v1/${path}`, { token: as, body });
  const get = (path: string, as = token) => served.ask('get', `/api/v1/${path}`, { token: as });
  const call = (key: string, estimated_cost_usd: number, more = {}) => ({ key, external_agent_id: 'bot', estimated_cost_usd, ...more });

  it('reserves, tells, commits', async () => {
    const reserved = await post('reservations', call('k', 4, { user_id: 'ada', ttl_seconds: 60 }));
    expect(reserved).toMatchObject({
      status: 201,
      body: { key: 'k', state: 'held', held_usd: 4, allowed: true, remaining_budget_usd: 10 },
    });
    expect(reserved.headers.get('location')).toBe('/api/v1/reservations/k');
    expect((await get('reservations/k')).body).toMatchObject({ state: 'held', external_agent_id: 'bot', user_id: 'ada', settled_at: null });
    const committed = await post('reservations/k/commit', { actual_cost_usd: 3.5, metadata: { step: 1 } });
    expect(committed).toMatchObject({ status: 200, body: { state: 'committed', charged_usd: 3.5, held_usd: 0 } });
    expect(await post('reservations/k/commit', { actual_cost_usd: 3.5 })).toMatchObject({ status: 200 });
    expect(await post('reservations/k/commit', { actual_cost_usd: 3 })).toMatchObject({ status: 409 });
    expect((await get('budgets/monthly')).body).toMatchObject({ status: { month: { spent_usd: 3.5, held_usd: 0 } } });
  });

  it('answers the same key the same: granted, denied, or settled', async () => {
    await post('reservations', call('k', 4));
    expect(await post('reservations', call('k', 4))).toMatchObject({ status: 201, body: { held_usd: 4 } });
    expect(await post('reservations', call('k', 5))).toMatchObject({ status: 409 });
    await post('reservations/k/release');
    expect(await post('reservations', call('k', 4))).toMatchObject({
      status: 409,
      body: { type: 'urn:agent-budget:problem:settled-before' },
    });
    expect(await post('reservations', call('big', 11))).toMatchObject({ status: 402 });
    await served.ask('patch', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 100 } });
    expect(await post('reservations', call('big', 11))).toMatchObject({ status: 402 });
  });

  it('counts holds of others at the same time: the cap holds', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_none, n) => post('reservations', call(`k${String(n)}`, 1))));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(all.filter(({ status }) => status === 402)).toHaveLength(10);
  });

  it('names the largest holds that stand in the way, and to a pinned key no other user', async () => {
    await post('reservations', call('small', 1, { user_id: 'ada' }));
    await post('reservations', call('large', 5, { user_id: 'bob' }));
    const denied = await post('reservations', call('more', 6));
    expect(denied.body['holds']).toMatchObject([
      { key: 'large', held_usd: 5, invocation_id: null },
      { key: 'small', held_usd: 1 },
    ]);
    const ada = await served.key(organizationId, { role: 'invoke', userId: 'ada' });
    const forAda = await post('reservations', call('more-2', 6), ada);
    expect(forAda.body['holds']).toMatchObject([
      { key: null, held_usd: 5 },
      { key: 'small', held_usd: 1 },
    ]);
  });

  it('names the holds of the day alone where the day is what denies', async () => {
    let now = Date.UTC(2026, 0, 5, 23, 50);
    const later = await serve({ store: served.store, now: () => now });
    const reserve = (key: string, usd: number) =>
      later.ask('post', '/api/v1/reservations', { token, body: { ...call(key, usd), ttl_seconds: 86_400 } });
    await served.ask('patch', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 100, daily_budget_usd: 10 } });
    await reserve('yesterday', 9);
    now += 3_600_000;
    await reserve('today', 1);
    const denied = await reserve('more', 9.5);
    expect(denied).toMatchObject({ status: 402, body: { code: 'daily_cost', held_usd: 1 } });
    expect(denied.body['holds']).toMatchObject([{ key: 'today', held_usd: 1 }]);
    await later.stop();
  });

  it('tells of executions as counts', async () => {
    await served.ask('patch', '/api/v1/budgets/monthly', { token, body: { daily_execution_limit: 1 } });
    await post('reservations', call('one', 1));
    expect(await post('reservations', call('two', 1))).toMatchObject({
      status: 402,
      body: { code: 'daily_executions', limit_usd: null, execution_limit: 1, executions: 1 },
    });
  });

  it('keeps the reservations of a pinned key from others', async () => {
    const [ada, bob] = [
      await served.key(organizationId, { role: 'invoke', userId: 'ada' }),
      await served.key(organizationId, { role: 'invoke', userId: 'bob' }),
    ];
    await post('reservations', call('k', 1), ada);
    expect((await get('reservations/k', ada)).body).toMatchObject({ user_id: 'ada' });
    expect(await get('reservations/k', bob)).toMatchObject({ status: 404 });
    for (const [action, body] of [['commit', { actual_cost_usd: 0 }], ['release'], ['extend']] as const) {
      expect(await post(`reservations/k/${action}`, body, bob)).toMatchObject({ status: 404 });
    }
    expect(await post('reservations', call('k2', 1, { user_id: 'ada' }), bob)).toMatchObject({ status: 403 });
    expect((await get('reservations/k', ada)).body).toMatchObject({ state: 'held' });
  });

  it('prices an unknown cost by its usage where it can, else takes the estimate', async () => {
    const body = { platform: 'in_process', function_name: 'f', prices: { input_usd_per_token: 0.001, output_usd_per_token: 0.002 } };
    await served.ask('put', '/api/v1/external-agents/bot', { token, body });
    await post('reservations', call('k', 4));
    await post('reservations', call('k2', 4));
    const usage = { input_tokens: 100, output_tokens: 50 };
    expect((await post('reservations/k/commit', { actual_cost_usd: null, usage })).body).toMatchObject({
      charged_usd: 0.2,
      is_unconfirmed: false,
    });
    expect((await post('reservations/k2/commit', { actual_cost_usd: null })).body).toMatchObject({ charged_usd: 4, is_unconfirmed: true });
    expect(await post('reservations/k2/commit', {})).toMatchObject({ status: 400, body: { errors: [{ path: 'actual_cost_usd' }] } });
  });

  it('checks without holding, by the estimate of the agent where none is told', async () => {
    const body = { platform: 'in_process', function_name: 'f', estimated_cost_usd: 11 };
    await served.ask('put', '/api/v1/external-agents/bot', { token, body });
    const check = await post('budget-checks', { external_agent_id: 'bot' });
    expect(check).toMatchObject({
      status: 200,
      body: { allowed: false, estimated_cost_usd: 11, denial: { code: 'monthly_cost', limit_usd: 10 } },
    });
    expect((await get('budgets/monthly')).body).toMatchObject({ status: { month: { held_usd: 0, spent_usd: 0 } } });
  });

  it('is 503 while its database is away: never allowed, never denied', async () => {
    const gone = createPostgresStore('postgres://nobody@127.0.0.1:1/none');
    // The key is known, so that what is asked gets as far as the ledger.
    const keys = {
      keyByHash: (hash: string) => served.store.keyByHash(hash),
      touchKey: (keyId: string, at: number) => served.store.touchKey(keyId, at),
    };
    const away = await serve({ store: { ...gone, ...keys } });
    for (const [path, body] of [
      ['reservations', call('k', 1)],
      ['budget-checks', { external_agent_id: 'bot', estimated_cost_usd: 1 }],
      ['costs', { key: 'k', external_agent_id: 'bot', actual_cost_usd: 1 }],
    ] as const) {
      const answer = await away.ask('post', `/api/v1/${path}`, { token, body });
      expect(answer).toMatchObject({ status: 503, body: { type: 'urn:agent-budget:problem:unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.text).not.toContain('ECONNREFUSED');
    }
    expect(away.logged.every(({ error }) => error instanceof LedgerUnavailable)).toBe(true);
    await away.stop();
    const without = await serve({ store: gone });
    expect(await without.ask('get', '/api/v1/budgets', { token })).toMatchObject({ status: 503 });
    await without.stop();
    await gone.close();
  });
});
