import { fromUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { budgetOf } from '../support/budgets';
import { commandLine } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';

const DAY = 86_400_000;

let ledger: OwnLedger;
beforeAll(async () => {
  ledger = await ownLedger();
  const { store } = ledger;
  for (const organizationId of ['acme', 'other']) {
    const at = Date.now() - 150 * DAY;
    await store.putBudget(budgetOf(organizationId, {}), at);
    const call = { organizationId, teamId: null, userId: null, agentId: null };
    await perform(store, organizationId, { kind: 'charge', key: 'k', at, call, amountMicroUsd: fromUsd(1), fingerprint: 'k' });
    await perform(store, organizationId, { kind: 'closePeriods', budgetId: 'monthly', at: Date.now() });
  }
});
afterAll(() => ledger.close());

test('what is old is pruned, of one organization or of all; and audit proves the rest', async () => {
  const { cli } = ledger;
  expect(await cli.document('prune')).toMatchObject({ holds: 0, entries: 0, alerts: 0 });
  expect(await cli.document('prune', 'acme', '--keep', '90d')).toMatchObject({ holds: 1, entries: 1, alerts: 0 });
  expect((await cli.run('prune', '--keep', '90d')).out).toMatch(
    /^1 settled hold reduced, 1 entry summed up, 0 alerts deleted: all from before \d{4}-\d\d-\d\d \d\d:\d\dZ\.\n$/,
  );
  expect((await cli.run('budgets', 'entries', 'monthly', '--org', 'acme')).out).toBe('No entries.\n');
  expect(await cli.run('audit')).toMatchObject({ code: 0, out: 'Every balance of 2 organizations is proven.\n' });
});

test.each([
  ['too little is kept', ['--keep', '61d'], {}, '--keep must be at least 62d.'],
  ['all is kept for ever', [], { AGENT_BUDGET_RETENTION_DAYS: 'forever' }, 'AGENT_BUDGET_RETENTION_DAYS is forever: say with --keep'],
  ['nobody is of that name', ['nobody'], {}, 'The ledger knows no organization "nobody".'],
])('it is refused where %s', async (_what, args, env, message) => {
  const { folder, databaseUrl } = ledger;
  const ended = await commandLine({ AGENT_BUDGET_DATA: folder, DATABASE_URL: databaseUrl, ...env }).run('prune', ...args);
  expect(ended.code).not.toBe(0);
  expect(ended.err).toContain(message);
});
