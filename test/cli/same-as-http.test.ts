import { fromUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { serve, type TestApi } from '../http/support';
import type { Fields } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
let api: TestApi;
let token: string;
beforeAll(async () => {
  ledger = await ownLedger();
  api = await serve({ store: ledger.store });
  token = await api.key('acme');
  const monthAgo = Date.now() - 32 * 86_400_000;
  await api.ask('put', '/api/v1/budgets/monthly', {
    token,
    body: {
      scope: { team_id: 'sales' },
      monthly_budget_usd: 10,
      daily_execution_limit: 7,
      timezone: 'Europe/Berlin',
      raise: { monthly_usd: 5, until: null },
      alerts: { webhook_url: 'https://hooks.example.com/x', email_recipients: ['a@acme.example'], thresholds: [0.5] },
    },
  });
  const agent = await api.ask('put', '/api/v1/external-agents/writer', {
    token,
    body: {
      platform: 'custom_rest_api',
      endpoint: 'https://agents.example.com/run',
      cost_field: 'usage.cost',
      prices: { input_usd_per_token: 0.000001, output_usd_per_token: 0.000002 },
    },
  });
  expect(agent).toMatchObject({ status: 200 });
  const call = { organizationId: 'acme', teamId: 'sales', userId: null, agentId: 'writer' };
  const note = { executionSuccess: true, metadata: { orderId: 4711, 'snake_case and camelCase': 1 } };
  for (const [key, at] of [
    ['before', monthAgo],
    ['now', Date.now()],
  ] as const) {
    await perform(ledger.store, 'acme', { kind: 'charge', key, at, call, amountMicroUsd: fromUsd(9), fingerprint: key, note });
  }
  const at = Date.now();
  await ledger.store.claimAlert({
    organizationId: 'acme',
    budgetId: 'monthly',
    claimer: 'me',
    at,
    leaseUntil: at + 60_000,
    inFlight: [],
    targets: [{ channel: 'webhook', target: 'https://hooks.example.com', fingerprint: 'x' }],
    giveUpAt: at + 60_000,
    cooldownMs: 0,
  });
  await perform(ledger.store, 'acme', { kind: 'closePeriods', budgetId: 'monthly', at });
});
afterAll(async () => {
  await api.stop();
  await ledger.close();
});

const overHttp = async (path: string) => (await api.ask('get', `/api/v1/${path}`, { token })).body;
const pageOverHttp = async (path: string) => (await overHttp(path))['items'] as Fields[];

test('a budget', async () => {
  const { status, ...budget } = await overHttp('budgets/monthly');
  expect(await ledger.cli.document('budgets', 'show', 'monthly', '--org', 'acme')).toEqual(budget);
  expect(await ledger.cli.document('budgets', 'status', 'monthly', '--org', 'acme')).toMatchObject({
    ...(status as Fields),
    // As of the moment.
    forecast_usd: expect.any(Number) as unknown,
  });
});

test.each([
  ['budgets', ['budgets', 'list'], 'budgets', 1],
  ['agents', ['agents', 'list'], 'external-agents', 1],
  ['keys', ['keys', 'list'], 'api-keys', 1],
  ['entries', ['budgets', 'entries', 'monthly'], 'budgets/monthly/entries', 2],
  ['statements', ['budgets', 'statements', 'monthly'], 'budgets/monthly/statements', 1],
  ['alerts', ['alerts', 'list', 'monthly'], 'budgets/monthly/alerts', 1],
])('a list of %s, but for what only the command line adds', async (_name, command, path, least) => {
  const [listed, page] = [await ledger.cli.list(...command, '--org', 'acme'), await pageOverHttp(path)];
  expect(page.length).toBeGreaterThanOrEqual(least);
  expect(listed).toMatchObject(page);
});
