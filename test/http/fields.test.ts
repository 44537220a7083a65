import { fromUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl } from '../store/support';
import { newOrganization, serve, type TestApi } from './support';

const DAY_MS = 86_400_000;
/** The largest amount there is. */
const MOST = Number.MAX_SAFE_INTEGER / 1e6;
const call = { external_agent_id: 'bot' };

/** What the caller did wrong is told in the API's words, at the field that the caller wrote. */
describe('what is wrong with a request', () => {
  let served: TestApi;
  let token: string;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.stop());
  beforeEach(async () => {
    token = await served.key(newOrganization());
  });

  const ask = (method: string, path: string, body?: unknown) => served.ask(method, `/api/v1/${path}`, { token, body });

  it.each<readonly [string, string, object, string]>([
    ['put', 'budgets/b', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['put', 'budgets/b', { timezone: '+01:00' }, 'timezone'],
    ['patch', 'external-agents/a/budget/config', { timezone: 'europe/berlin' }, 'timezone'],
    ['put', 'budgets/b', { alerts: { thresholds: [2, 1] } }, 'alerts.thresholds'],
    ['put', 'budgets/b', { alerts: { cooldown_minutes: -1 } }, 'alerts.cooldown_minutes'],
    ['put', 'budgets/b', { alerts: { email_recipients: Array(51).fill('a@example.com') } }, 'alerts.email_recipients'],
    ['put', 'organization/policy', { alerts: { cooldown_minutes: 1e9 } }, 'alerts.cooldown_minutes'],
    ['put', 'budgets/b', { monthly_budget_usd: 1e9 + 1 }, 'monthly_budget_usd'],
    ['put', 'budgets/b', { daily_execution_limit: 1e12 + 1 }, 'daily_execution_limit'],
    ['put', 'budgets/b', { raise: { monthly_usd: 9_007_199_254 } }, 'raise.monthly_usd'],
    ['put', 'budgets/b', { raise: { until: '0001-01-01T00:00:00Z' } }, 'raise.until'],
    ['put', 'budgets/b', { raise: { until: '9999-06-01T00:00:00Z' } }, 'raise.until'],
    ['put', 'budgets/b', { budget_id: 'another' }, 'budget_id'],
    ['put', 'budgets/b', { organization_id: 'another' }, 'organization_id'],
    ['post', 'api-keys', { name: 'x', role: 'invoke', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['post', 'api-keys', { name: 'x', role: 'invoke', expires_at: '0001-01-01T00:00:00Z' }, 'expires_at'],
    ['post', 'api-keys', { name: ' ', role: 'invoke' }, 'name'],
    ['post', 'api-keys', { name: '\0', role: 'invoke' }, 'name'],
    ['post', 'api-keys', { name: 'x', role: 'admin', team_id: 'red' }, 'team_id'],
    ['post', 'api-keys', { name: 'x', role: 'admin', user_id: 'ada' }, 'user_id'],
    ['post', 'costs', { ...call, key: 'k', actual_cost_usd: 1, metadata: { a: 'x'.repeat(5_000) } }, 'metadata'],
    ['post', 'costs', { ...call, key: 'k', actual_cost_usd: 1_000_000.01 }, 'actual_cost_usd'],
    ['post', 'costs', { ...call, key: '..', actual_cost_usd: 1 }, 'key'],
    ['post', 'reservations', { ...call, key: '.', estimated_cost_usd: 1 }, 'key'],
    ['post', 'reservations', { ...call, key: 'k', team_id: '..', estimated_cost_usd: 1 }, 'team_id'],
    ['put', 'budgets/b', { scope: { external_agent_id: '.' } }, 'scope.external_agent_id'],
    ['put', 'external-agents/a', { platform: 'copilot_studio' }, 'secret'],
  ])('%s %s %j is told at %s', async (method, path, body, where) => {
    const { status, body: problem } = await ask(method, path, body);
    expect({ status, errors: problem['errors'] }).toEqual({
      status: 400,
      errors: [{ path: where, message: expect.any(String) as string }],
    });
    // No name of the code's own, and no amount in its unit.
    expect(problem['detail']).not.toMatch(/[a-z][A-Z]|\d{15}/);
  });

  it('is whom an organization requires, at the field that must name it', async () => {
    await ask('put', 'organization/policy', { requires: { user_id: true } });
    for (const [path, body] of [
      ['reservations', { ...call, key: 'k', estimated_cost_usd: 1 }],
      ['costs', { ...call, key: 'k', actual_cost_usd: 1 }],
    ] as const) {
      const answer = await ask('post', path, body);
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'user_id', message: expect.stringContaining('must name a user') as string }] },
      });
    }
  });

  it('is a usage that costs more than any call may', async () => {
    const prices = { input_usd_per_token: 1, output_usd_per_token: 1_000_000 };
    await ask('put', 'external-agents/bot', { platform: 'in_process', function_name: 'f', prices });
    await ask('post', 'reservations', { ...call, key: 'k', estimated_cost_usd: 1 });
    for (const usage of [
      { input_tokens: 1_000_001, output_tokens: 0 },
      { input_tokens: 0, output_tokens: 1e12 },
    ]) {
      const answer = await ask('post', 'reservations/k/commit', { actual_cost_usd: null, usage });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'usage' }] } });
    }
    expect((await ask('get', 'reservations/k')).body).toMatchObject({ state: 'held' });
  });

  it('is told in USD where a charge conflicts', async () => {
    await ask('post', 'reservations', { ...call, key: 'k', estimated_cost_usd: 2 });
    await ask('post', 'reservations/k/commit', { actual_cost_usd: 1 });
    const { status, body } = await ask('post', 'reservations/k/commit', { actual_cost_usd: 1.5 });
    expect({ status, detail: body['detail'] }).toEqual({
      status: 409,
      detail: 'Attempt k#1 of k was charged $1.00 and cannot be charged $1.50',
    });
  });
});

describe.each([
  ['memory', () => createMemoryStore()],
  ['postgres', () => createPostgresStore(databaseUrl())],
])('amounts [%s]', (_name, createStore) => {
  it('past what a number can hold make no report fail, in one week or over many months', async () => {
    const store = createStore();
    let now = Date.UTC(2026, 2, 30, 12);
    const served = await serve({ store, now: () => now });
    const organizationId = newOrganization();
    const token = await served.key(organizationId);
    const get = (path: string) => served.ask('get', `/api/v1/${path}`, { token });
    await served.ask('put', '/api/v1/budgets/b', { token, body: { monthly_budget_usd: 1e9, rollover_percent: 25 } });
    // By the ledger itself: what the edge takes at once is far less, and so many charges would take this test for ever.
    const charge = (key: string) => {
      const scope = { organizationId, teamId: null, userId: null, agentId: 'bot' };
      const amountMicroUsd = fromUsd(9_007_199_254);
      return perform(store, organizationId, { kind: 'charge', key, at: now, call: scope, amountMicroUsd, fingerprint: key });
    };
    await charge('march');
    now += 2 * DAY_MS;
    await charge('april');
    now += 31 * DAY_MS;
    await charge('may');
    for (const at of [now, Date.UTC(2026, 3, 1, 13)]) {
      now = at;
      const { status, body } = await get('budgets/b');
      expect({ status, lifetime: (body['status'] as Record<string, unknown>)['lifetime_spent_usd'] }).toEqual({
        status: 200,
        lifetime: MOST,
      });
    }
    for (const path of ['budgets/b/statements', 'budgets/b/entries', 'external-agents/bot/governance-status']) {
      expect(await get(path)).toMatchObject({ status: 200 });
    }
    await served.stop();
    await store.close();
  });
});
