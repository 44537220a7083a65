import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { authenticate } from '../../src/store/keys';
import type { Fields } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
let folder: OwnLedger['folder'];
let databaseUrl: OwnLedger['databaseUrl'];
let store: OwnLedger['store'];
let cli: OwnLedger['cli'];
beforeAll(async () => {
  ledger = await ownLedger();
  ({ folder, databaseUrl, store, cli } = ledger);
});
afterAll(() => ledger.close());

test('an agent is registered, shown in what registers it again, and removed', async () => {
  const made = await cli.document(
    ...['agents', 'put', 'lookup', '--org', 'acme', '--platform', 'custom_rest_api', '--endpoint', 'https://agents.example/lookup'],
    ...['--secret-header', 'Authorization=env:LOOKUP_TOKEN', '--estimate', '0.02', '--timeout', '5s', '--attempts', '1'],
  );
  expect(made).toMatchObject({
    agent_id: 'lookup',
    estimated_cost_usd: 0.02,
    timeout_ms: 5_000,
    secret_headers: { Authorization: 'env:LOOKUP_TOKEN' },
  });
  const file = path.join(folder, 'agent.json');
  writeFileSync(file, JSON.stringify(await cli.document('agents', 'show', 'lookup', '--org', 'acme')));
  expect(await cli.document('agents', 'put', 'copy', '--org', 'acme', '--from', `@${file}`, '--attempts', '2')).toEqual({
    ...made,
    agent_id: 'copy',
    max_attempts: 2,
  });
  expect(await cli.list('agents', 'list', '--org', 'acme')).toMatchObject([
    { agent_id: 'copy', organization_id: 'acme' },
    { agent_id: 'lookup' },
  ]);
  expect((await cli.run('agents', 'list')).out).toMatch(/\nacme +copy +custom_rest_api +https:\/\/agents\.example\/lookup +\$0\.02\n/);
  expect((await cli.run('agents', 'show', 'copy', '--org', 'acme')).out).toMatch(/^Headers +Authorization from env:LOOKUP_TOKEN$/m);
  expect(await cli.run('agents', 'remove', 'copy', '--org', 'acme')).toMatchObject({ code: 0, out: 'Removed copy.\n' });
  expect(await cli.run('agents', 'show', 'copy', '--org', 'acme')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('agents list --org acme') as unknown,
  });
});

test('a secret itself is refused, and not repeated', async () => {
  const put = [
    'agents',
    'put',
    'w',
    '--org',
    'acme',
    '--platform',
    'openai_compatible',
    '--endpoint',
    'https://x.example/v1',
    '--model',
    'm',
  ];
  for (const own of [
    ['--api-key', 'sk-4711'],
    ['--api-key', 'env:K', '--secret-header', 'sk-4711'],
  ]) {
    const { code, out, err } = await cli.run(...put, ...own);
    expect([code, (out + err).includes('sk-4711')]).toEqual([2, false]);
  }
});

test('a key’s token is shown once, works, is rotated and revoked', async () => {
  const made = await cli.document(
    'keys',
    'create',
    '--org',
    'acme',
    '--role',
    'invoke',
    '--name',
    'checkout',
    '--team',
    'shop',
    '--expires',
    '30d',
  );
  expect(made).toMatchObject({ key: { organization_id: 'acme', role: 'invoke', name: 'checkout', team_id: 'shop', is_live: true } });
  const keyOf = (issued: Fields) => issued['key'] as Fields;
  const [token, keyId] = [String(made['token']), String(keyOf(made)['key_id'])];
  expect(await authenticate(store, token, Date.now())).toMatchObject({ keyId });
  const shown = await cli.run('keys', 'create', '--org', 'acme', '--role', 'manage', '--name', 'ci');
  expect(shown.out).toMatch(/^Token, shown this once: ab_\w{65}\n\nKey +\w{15}\n/);

  const listed = await cli.run('keys', 'list', '--org', 'acme');
  expect(listed.out).toMatch(new RegExp(`\n${keyId} +checkout +invoke +live +team shop `));
  expect(listed.out).not.toContain('ab_');
  const rotated = await cli.document('keys', 'rotate', keyId, '--org', 'acme');
  expect(rotated).toMatchObject({ key: { name: 'checkout', team_id: 'shop' } });
  expect(await authenticate(store, token, Date.now())).toBeNull();
  const revoked = await cli.document('keys', 'revoke', String(keyOf(rotated)['key_id']), '--org', 'acme');
  expect(revoked).toMatchObject({ is_live: false });
  expect(await authenticate(store, String(rotated['token']), Date.now())).toBeNull();
  expect(await cli.problem('keys', 'rotate', keyId, '--org', 'acme')).toMatchObject({ code: 1, error: { code: 'ApiKeyEnded' } });
  expect(await cli.problem('keys', 'revoke', keyId, '--org', 'beta')).toMatchObject({ code: 1, error: { code: 'ApiKeyNotFound' } });

  expect(await cli.document('keys', 'create', '--operator', '--role', 'admin', '--name', 'me')).toMatchObject({
    key: { organization_id: null },
  });
  expect(await cli.list('keys', 'list', '--operator')).toMatchObject([{ name: 'me', role: 'admin' }]);
  expect(await cli.run('keys', 'list', '--operator', '--org', 'acme')).toMatchObject({ code: 2 });
});

test('an audit proves, and names the difference where it cannot', async () => {
  await cli.document('budgets', 'put', 'monthly', '--org', 'wrong', '--monthly', '10');
  await cli.document('budgets', 'put', 'monthly', '--org', 'right', '--monthly', '10');
  expect(await cli.run('audit', 'right', 'wrong')).toEqual({ code: 0, out: 'Every balance of 2 organizations is proven.\n', err: '' });
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("update balances set month_spent = month_spent + 2500000 where organization_id = 'wrong'");
  await client.end();

  expect(await cli.list('audit', 'right')).toEqual([
    { organization_id: 'right', is_proven: true, is_complete: true, differences: [], findings: [] },
  ]);
  const text = await cli.run('audit');
  expect(text.code).toBe(1);
  expect(text.out).toMatch(/\nwrong +monthly +20\S+ 00:00Z +spent_usd +\$2\.50 +\$0\.00\n/);
  expect(text.out).toMatch(/\n2 differences in \d organizations\.\n$/);
  const json = await cli.run('audit', 'wrong', '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    is_proven: false,
    differences: [{ what: 'spent_usd', balance: 2.5, proven: 0 }, { what: 'attempts_usd' }],
  });
  expect(await cli.problem('audit', 'nobody')).toMatchObject({ code: 1, error: { code: 'NotFound' } });
});
