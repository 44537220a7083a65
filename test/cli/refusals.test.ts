import { Client } from 'pg';
import { createDatabase } from '../support/database';
import { setting } from '../support/setting';
import { commandLine } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
let folder: OwnLedger['folder'];
let databaseUrl: OwnLedger['databaseUrl'];
let cli: OwnLedger['cli'];
beforeAll(async () => {
  ledger = await ownLedger();
  ({ folder, databaseUrl, cli } = ledger);
});
afterAll(() => ledger.close());

test.each([
  [['budgets', 'put', 'b', '--org', 'acme', '--timezone', 'Mars/Olympus'], 'InvalidRequest'],
  [['budgets', 'put', 'b', '--org', 'acme', '--webhook', 'nowhere'], 'InvalidRequest'],
  [['budgets', 'put', 'b', '--org', 'a cme'], 'InvalidRequest'],
  [['budgets', 'put', 'b', '--org', 'acme', '--monthly', 'much'], 'UsageError'],
  [['budgets', 'raise', 'monthly', '--org', 'acme'], 'UsageError'],
  [['budgets', 'status', 'monthly'], 'UsageError'],
  [['budget', 'list'], 'UsageError'],
])('%j is wrong usage', async (args, code) => {
  expect(await cli.problem(...args)).toMatchObject({ code: 2, error: { code } });
});

test('help, version, and nothing at all', async () => {
  expect((await cli.run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await cli.run('--help')).out).toContain('4 ledger, Temporal or workers unavailable');
  expect((await cli.run('budgets', 'put', '--help')).out).toContain('agent-budget budgets put acme-monthly --org acme --daily none');
  const nothing = await cli.run();
  expect([nothing.code, nothing.out]).toEqual([2, '']);
  expect(nothing.err).toContain('Usage: agent-budget COMMAND');
});

test('colours are for who asks for them', async () => {
  const env = { AGENT_BUDGET_DATA: folder, DATABASE_URL: databaseUrl };
  const coloured = await commandLine({ ...env, FORCE_COLOR: '1' }).run('audit', 'acme');
  expect(coloured.out).toBe('\u001b[32mEvery balance of 1 organization is proven.\u001b[39m\n');
  expect((await commandLine({ ...env, FORCE_COLOR: '1', NO_COLOR: '1' }).run('audit', 'acme')).out).not.toContain('\u001b');
});

test.each([
  ['nothing that runs', {}, /^No ledger: DATABASE_URL is not set, and no agent-budget is up on /],
  ['a database that does not answer', { DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, /^The ledger cannot be reached: /],
])('%s is unavailable', async (_name, env, message) => {
  const { code, out, err } = await commandLine({ AGENT_BUDGET_DATA: folder, ...env }).run('budgets', 'list');
  expect([code, out]).toEqual([4, '']);
  expect(err).toMatch(message);
});

test.each([
  ['DATABASE_URL', 'not a url', ['budgets', 'list']],
  ['DATABASE_URL', 'not a url', ['worker']],
  ['TEMPORAL_ADDRESS', 'http://localhost', ['start']],
  ['SMTP_URL', 'localhost:25', ['worker']],
])('%s=%s is one clear line of %j', async (name, value, args) => {
  const { code, out, err } = await commandLine({ AGENT_BUDGET_DATA: folder, [name]: value }).run(...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(new RegExp(`^${name} is no address that can be used\\. Set it to one like .*\\.\n$`));
});

test.each([[['worker']], [['api']], [['start']], [['invocations', 'list']], [['invoke', 'a', '--org', 'acme']]])(
  'a namespace that is not there fails %j, with what to do',
  async (args) => {
    const servers = { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'), TEMPORAL_NAMESPACE: 'nowhere' };
    const { code, err } = await commandLine({ AGENT_BUDGET_DATA: folder, ...servers }).run(...args);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^(Temporal at \S+ has no namespace "nowhere"|Namespace not found: 'nowhere')\. Create it, or set TEMPORAL_NAMESPACE .*\n$/,
    );
  },
);

test('a database without the schema is left as it is', async () => {
  const bare = await createDatabase(setting('TEST_DATABASE_URL'), { template: 'template1' });
  const { code, err } = await commandLine({ AGENT_BUDGET_DATA: folder, DATABASE_URL: bare }).run('budgets', 'list');
  expect(code).toBe(4);
  expect(err).toMatch(/lacks the ledger's schema of this version \(0001_ledger, .*`agent-budget worker`/);
  const client = new Client({ connectionString: bare });
  await client.connect();
  expect((await client.query("select from pg_tables where schemaname = 'public'")).rowCount).toBe(0);
  await client.end();
});
