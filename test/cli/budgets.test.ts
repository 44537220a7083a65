import { BUDGET_DEFAULTS, UNLIMITED } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
let store: OwnLedger['store'];
let cli: OwnLedger['cli'];
beforeAll(async () => {
  ledger = await ownLedger();
  ({ store, cli } = ledger);
});
afterAll(() => ledger.close());

test('a budget is made, shown, changed where named, and removed', async () => {
  const made = await cli.document(
    'budgets',
    'put',
    'monthly',
    '--org',
    'acme',
    '--monthly',
    '100',
    '--daily',
    '$10',
    '--timezone',
    'Europe/Berlin',
    '--email',
    'a@acme.example',
  );
  expect(made).toMatchObject({
    organization_id: 'acme',
    budget_id: 'monthly',
    scope: { team_id: null, user_id: null, external_agent_id: null },
    monthly_budget_usd: 100,
    daily_budget_usd: 10,
    monthly_execution_limit: null,
    enforcement_mode: 'hard',
    timezone: 'Europe/Berlin',
    alerts: { email_recipients: ['a@acme.example'] },
  });
  const changed = await cli.document(
    'budgets',
    'put',
    'monthly',
    '--org',
    'acme',
    '--daily',
    'none',
    '--daily-executions',
    '0',
    '--mode',
    'soft',
  );
  expect(changed).toEqual({ ...made, daily_budget_usd: null, daily_execution_limit: 0, enforcement_mode: 'soft' });
  expect(await cli.document('budgets', 'show', 'monthly', '--org', 'acme')).toEqual(changed);

  const { code, out } = await cli.run('budgets', 'show', 'monthly', '--org', 'acme');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Budget +monthly\nOrganization +acme\nFor +all calls\nMonthly +\$100\.00, any number of runs\nDaily +no limit, 0 runs\n/,
  );

  const text = await cli.run('budgets', 'put', 'ada', '--org', 'acme', '--user', 'ada', '--agent', 'writer');
  expect(text).toMatchObject({ code: 0, err: 'It has no limit yet: it counts, and denies nothing.\n' });
  expect(text.out).toContain('user ada, agent writer');
  expect(await cli.run('budgets', 'remove', 'ada', '--org', 'acme')).toEqual({ code: 0, out: 'Removed ada.\n', err: '' });
  expect(await cli.problem('budgets', 'remove', 'ada', '--org', 'acme')).toMatchObject({ code: 1, error: { code: 'NotFound' } });
});

test('budgets, status, entries and a raise show what was charged', async () => {
  await cli.document('budgets', 'put', 'monthly', '--org', 'beta', '--monthly', '10');
  const call = { organizationId: 'beta', teamId: null, userId: null, agentId: 'writer' };
  const note = { executionSuccess: true, metadata: { orderId: 4711 } };
  for (const key of ['one', 'two']) {
    await perform(store, 'beta', { kind: 'charge', key, at: Date.now(), call, amountMicroUsd: fromUsd(4), fingerprint: key, note });
  }
  const [row] = await cli.list('budgets', 'list', '--org', 'beta');
  expect(row).toMatchObject({ budget_id: 'monthly', month: { spent_usd: 8, limit_usd: 10, usage: 0.8, executions: 2 } });
  expect((await cli.run('budgets', 'list')).out).toMatch(
    /^ORGANIZATION .*\n(.*\n)*beta +monthly +all calls +\$8\.00 +\$0\.00 +\$10\.00 +80 % +hard/m,
  );

  expect(await cli.document('budgets', 'status', 'monthly', '--org', 'beta')).toMatchObject({
    month: { available_usd: 2 },
    lifetime_spent_usd: 8,
  });
  expect((await cli.run('budgets', 'status', 'monthly', '--org', 'beta')).out).toMatch(
    /\nmonth +\$8\.00 +\$0\.00 +\$10\.00 +\$2\.00 +80 % +2 +20/,
  );

  const [first, second] = await cli.list('budgets', 'entries', 'monthly', '--org', 'beta');
  expect(first).toMatchObject({ key: 'one', spent_usd: 4, metadata: { orderId: 4711 } });
  const after = await cli.list('budgets', 'entries', '--org', 'beta', '--after', String(first?.['entry_id']), '--limit', '1');
  expect(after).toEqual([second]);
  expect(await cli.run('budgets', 'entries', '--org', 'beta', '--limit', '1')).toMatchObject({
    err: `More: --after ${String(first?.['entry_id'])}\n`,
  });

  const raised = await cli.document('budgets', 'raise', 'monthly', '--org', 'beta', '--monthly', '5', '--until', '12h');
  expect(raised).toMatchObject({ raise: { monthly_usd: 5, daily_usd: 0 } });
  expect(await cli.document('budgets', 'status', 'monthly', '--org', 'beta')).toMatchObject({ month: { limit_usd: 15, available_usd: 7 } });
  expect((await cli.run('budgets', 'raise', 'monthly', '--org', 'beta', '--daily-executions', '3')).out).toMatch(
    /^Raise +3 runs a day until 20/m,
  );
  expect(await cli.document('budgets', 'raise', 'monthly', '--org', 'beta', '--end')).toMatchObject({ raise: null });
});

test('closed months are statements', async () => {
  expect((await cli.run('budgets', 'statements', 'old', '--org', 'gamma')).out).toBe('No month of it was closed yet.\n');
  const [made, closed] = [Date.UTC(2026, 0, 10), Date.UTC(2026, 1, 2)];
  const scope = { organizationId: 'gamma', teamId: null, userId: null, agentId: null };
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'old', scope, limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(5) } }, made);
  await perform(store, 'gamma', { kind: 'closePeriods', budgetId: 'old', at: closed });
  expect(await cli.list('budgets', 'statements', 'old', '--org', 'gamma')).toMatchObject([
    { period_start: '2026-01-01T00:00:00.000Z', period_end: '2026-02-01T00:00:00.000Z', limit_usd: 5, spent_usd: 0 },
  ]);
  expect((await cli.run('budgets', 'statements', 'old', '--org', 'gamma')).out).toMatch(
    /\n2026-01-01 00:00Z +2026-02-01 00:00Z +\$0\.00 +\$5\.00/,
  );
});
