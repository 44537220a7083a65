import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Client } from 'pg';
import { checkDisk, checkNode, checkPorts } from '../../src/cli/doctor/machine';
import { clockFinding } from '../../src/cli/doctor/postgres';
import { readConfig } from '../../src/config';
import { serveMail } from '../notify/smtp';
import { createDatabase } from '../support/database';
import { setting } from '../support/setting';
import { commandLine, linesOf } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';

let ledger: OwnLedger;
beforeAll(async () => {
  ledger = await ownLedger();
});
afterAll(() => ledger.close());

const onServers = () => ({
  AGENT_BUDGET_DATA: ledger.folder,
  DATABASE_URL: ledger.databaseUrl,
  TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
});

const ALL_CHECKS = [
  ...['node', 'settings', 'temporal', 'namespace', 'search attributes', 'workers'],
  ...['postgres', 'schema', 'clock', 'encryption', 'mail', 'disk', 'ports'],
];

/** The findings by their checks, and the exit code. */
async function examined(env: Record<string, string>) {
  const { code, out } = await commandLine(env).run('doctor', '--json');
  return {
    code,
    checks: Object.fromEntries(linesOf(out).map(({ check, state, finding, advice }) => [String(check), { state, finding, advice }])),
  };
}

test('all is well but for the workers that are not there', async () => {
  const mail = await serveMail();
  const taskQueue = `doctor-${randomUUID()}`;
  const { code, checks } = await examined({ ...onServers(), SMTP_URL: mail.url, AGENT_BUDGET_TASK_QUEUE: taskQueue });
  await mail.close();
  expect(code).toBe(1);
  expect(checks['workers']).toEqual({
    state: 'fail',
    finding: `0 workers lately on task queue ${taskQueue}`,
    advice: 'Start one with `agent-budget worker`, or name the queue of yours with AGENT_BUDGET_TASK_QUEUE.',
  });
  // Whether the attributes are registered depends on what used this server before.
  expect(Object.keys(checks).filter((check) => checks[check]?.state !== 'ok' && check !== 'search attributes')).toEqual(['workers']);
  expect(Object.keys(checks)).toEqual(ALL_CHECKS);
  expect(mail.received).toEqual([]);
});

test('what is broken is said in lines, each with what to do', async () => {
  const { code, out } = await commandLine({
    AGENT_BUDGET_DATA: ledger.folder,
    DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/x',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    SMTP_URL: 'smtp://127.0.0.1:1',
  }).run('doctor');
  expect(code).toBe(1);
  expect(out).toMatch(/^fail {2}temporal +127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\): .*\n +Start it, or correct TEMPORAL_ADDRESS\.$/m);
  expect(out).toMatch(
    /^fail {2}postgres +postgresql:\/\/me@127\.0\.0\.1:1\/x \(DATABASE_URL\): .*\n +Start it, or correct DATABASE_URL\.$/m,
  );
  expect(out).toMatch(/^fail {2}mail +No email through 127\.0\.0\.1:1 \(ECONNREFUSED\)\n +Correct SMTP_URL/m);
  expect(out).toMatch(/\n3 checks failed\.\n$/);
});

test('a certificate that cannot be read', async () => {
  const databaseUrl = `${ledger.databaseUrl}?sslrootcert=/nowhere.pem`;
  const { checks } = await examined({ ...onServers(), DATABASE_URL: databaseUrl });
  expect(checks['postgres']).toMatchObject({
    state: 'fail',
    finding: expect.stringContaining('ENOENT: no such file or directory') as unknown,
  });
});

test('a namespace that is not there, and settings that are none', async () => {
  const { checks } = await examined({ ...onServers(), TEMPORAL_NAMESPACE: 'nowhere' });
  expect(checks['namespace']).toMatchObject({ state: 'fail', advice: 'Create it, or set TEMPORAL_NAMESPACE to one that is there.' });
  const { code, checks: early } = await examined({ ...onServers(), TEMPORAL_PORT: 'none' });
  expect([code, Object.keys(early)]).toEqual([1, ['node', 'settings']]);
  expect(early['settings']).toMatchObject({ state: 'fail', finding: expect.stringContaining('TEMPORAL_PORT is "none"') as unknown });
});

test('a schema that is missing, behind, or ahead', async () => {
  const bare = await createDatabase(setting('TEST_DATABASE_URL'), { template: 'template1' });
  const schemaOf = async (databaseUrl: string) => (await examined({ ...onServers(), DATABASE_URL: databaseUrl })).checks['schema'];
  expect(await schemaOf(bare)).toMatchObject({ state: 'fail', finding: 'the database has no ledger yet' });

  const other = await createDatabase(setting('TEST_DATABASE_URL'));
  const client = new Client({ connectionString: other });
  await client.connect();
  await client.query("insert into agent_budget_migrations (name, run_on) values ('9999_later', now())");
  expect(await schemaOf(other)).toMatchObject({ state: 'warn', finding: 'at 9999_later, of a later version than this' });
  await client.query("delete from agent_budget_migrations where name in ('9999_later', '0008_retention')");
  expect(await schemaOf(other)).toMatchObject({ state: 'fail', finding: 'at 0007_group_commit, lacks 0008_retention' });
  await client.end();
});

test('where nothing runs, it says how to start, and fails nothing', async () => {
  const { code, checks } = await examined({ AGENT_BUDGET_DATA: path.join(ledger.folder, 'new') });
  expect([checks['temporal'], checks['postgres']]).toMatchObject([{ state: 'warn' }, { state: 'warn' }]);
  // A developer's own server may be on the default ports.
  expect(code).toBe(checks['ports']?.state === 'fail' ? 1 : 0);
});

test.each([
  ['20.19.0', 'ok'],
  ['22.0.0', 'ok'],
  ['20.18.3', 'fail'],
  ['18.20.0', 'fail'],
])('Node %s is %s', (version, state) => {
  expect(checkNode(version)).toMatchObject({ state, finding: `Node ${version}` });
});

test.each([
  [12, 'ok', 'this machine is 12 ms behind PostgreSQL'],
  [-999, 'ok', 'this machine is 999 ms ahead of PostgreSQL'],
  [1_500, 'warn', 'this machine is 1.5 s behind PostgreSQL'],
  [-45_000, 'fail', 'this machine is 45 s ahead of PostgreSQL'],
])('a clock that is %d ms ahead of ours: %s', (aheadMs, state, finding) => {
  expect(clockFinding(aheadMs)).toMatchObject({ state, finding });
});

test('a port that is taken, and a folder that cannot be written to', async () => {
  const nowhere = { temporal: null, database: null, taskQueue: 'q' };
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = (taken.address() as AddressInfo).port;
  const config = readConfig({ TEMPORAL_PORT: String(port), AGENT_BUDGET_DATA: path.join(ledger.folder, 'locked/data') });
  expect(await checkPorts(config, nowhere)).toMatchObject({
    state: 'fail',
    finding: expect.stringContaining(`${String(port)} (TEMPORAL_PORT)`) as unknown,
  });
  await new Promise((resolve) => taken.close(resolve));

  mkdirSync(path.join(ledger.folder, 'locked'));
  expect(await checkDisk(config, nowhere)).toMatchObject({ check: 'disk', state: expect.stringMatching(/ok|warn/) as unknown });
  chmodSync(path.join(ledger.folder, 'locked'), 0o500);
  // Root may write everywhere.
  if (process.getuid?.() !== 0) expect(await checkDisk(config, nowhere)).toMatchObject({ state: 'fail' });
  chmodSync(path.join(ledger.folder, 'locked'), 0o700);
});
