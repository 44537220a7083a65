import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { freePort } from '../../src/ground/ports';
import { createDatabase } from '../support/database';
import { setting } from '../support/setting';
import { commandLine, emptyFolder } from './command-line';
import { startServer, startWorker } from './server-support';

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = emptyFolder();
  env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_TASK_QUEUE: `api-${randomUUID()}`,
    // Empty: whoever is first brings its schema.
    DATABASE_URL: await createDatabase(setting('TEST_DATABASE_URL'), { template: 'template0' }),
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_UI_URL: 'https://temporal.example.com/',
    PORT: String(await freePort()),
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const headers = () => ({
  authorization: `Bearer ${readFileSync(path.join(folder, 'admin-key'), 'utf8').trim()}`,
  'x-organization-id': 'acme',
  'content-type': 'application/json',
});

test('an API and a worker as two processes: an agent is registered, called and stopped by its budget over HTTP', async () => {
  const metrics = `127.0.0.1:${String(await freePort())}`;
  const [api, worker] = [await startServer('api', env), await startWorker({ ...env, AGENT_BUDGET_METRICS_ADDRESS: metrics })];
  const url = `http://127.0.0.1:${String(env['PORT'])}`;
  expect(api.ready).toMatchObject({ api: url, admin_key: path.join(folder, 'admin-key'), task_queue: env['AGENT_BUDGET_TASK_QUEUE'] });
  const ask = async (method: string, where: string, body: unknown) => {
    const answer = await fetch(`${url}/api/v1${where}`, { method, headers: headers(), body: JSON.stringify(body) });
    return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
  };
  await ask('PUT', '/external-agents/reader', {
    platform: 'in_process',
    function_name: 'summarizer',
    prices: { input_usd_per_token: 0.001, output_usd_per_token: 0.001 },
  });
  await ask('PUT', '/budgets/acme-monthly', { scope: {}, monthly_budget_usd: 0.1 });
  const call = { input: { document: 'Budgets hold money before it is spent.', title: 'x' } };
  const [status, receipt] = await ask('POST', '/external-agents/reader/invoke', call);
  expect([status, receipt]).toEqual([200, expect.objectContaining({ status: 'completed' })]);
  expect(receipt['web_ui_link']).toMatch(/^https:\/\/temporal\.example\.com\/namespaces\/default\/workflows\//);
  expect((await ask('POST', '/external-agents/reader/invoke', { ...call, estimated_cost_usd: 1 }))[0]).toBe(402);
  const shown = await commandLine(env).document('invocations', 'show', String(receipt['invocation_id']), '--org', 'acme');
  expect(shown).toEqual({ organization_id: 'acme', ...receipt });
  expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({
    checks: { temporal: { status: 'up' }, postgresql: { status: 'up' } },
  });
  expect(await (await fetch(`http://${metrics}/metrics`)).text()).toMatch(/^temporal_workflow_task_queue_poll_succeed{/m);
  expect((await api.end('SIGTERM')).code).toBe(0);
  expect((await worker.end('SIGTERM')).code).toBe(0);
  const store = createPostgresStore(String(env['DATABASE_URL']), { maxConnections: 1 });
  expect(await store.organizations()).toEqual(['acme']);
  await store.close();
});

test('a request under way is answered before SIGTERM ends the API, and its key stays', async () => {
  const [api, worker] = [await startServer('api', env), await startWorker(env)];
  const url = `http://127.0.0.1:${String(env['PORT'])}`;
  const before = headers();
  const asked = fetch(`${url}/api/v1/budgets`, { headers: before });
  const [answer, ended] = [await asked, await api.end('SIGTERM')];
  expect([answer.status, ended.code]).toEqual([200, 0]);
  const again = await startServer('api', env);
  expect(headers()).toEqual(before);
  expect((await again.end('SIGTERM')).code).toBe(0);
  expect((await worker.end('SIGTERM')).code).toBe(0);
});

test.each([
  ['beyond this machine', { HOST: '0.0.0.0' }, /^HOST is 0\.0\.0\.0: keys and amounts cross the network in clear text\. /m],
  ['behind a proxy with TLS', { HOST: '0.0.0.0', AGENT_BUDGET_BEHIND_PROXY: '1' }, /^Stopping/],
  ['on loopback', {}, /^Stopping/],
])('%s: a warning where keys would cross the network in clear text', async (_name, more, said) => {
  const api = await startServer('api', { ...env, ...more });
  expect((await api.end('SIGTERM')).err).toMatch(said);
});

test.each([
  ['a port in use', {}, 1, /^Port \d+ \(PORT\) is taken\. Set PORT to another\.$/m],
  ['no server', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 4, /^No Temporal server answers at 127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\)/m],
  ['JWTs of anybody', { JWKS_URL: 'https://issuer.example/keys' }, 1, /^JWKS_URL is set without JWT_ISSUER and JWT_AUDIENCE/m],
  [
    'a name for metrics',
    { AGENT_BUDGET_METRICS_ADDRESS: 'localhost:1' },
    1,
    /^AGENT_BUDGET_METRICS_ADDRESS is "localhost:1"\. Set it to an IP/m,
  ],
  ['a limit that is none', { AGENT_BUDGET_RATE_LIMIT: '0' }, 1, /^AGENT_BUDGET_RATE_LIMIT is "0"\. Set it to a whole number/m],
])('%s: one clear line', async (name, more, code, said) => {
  const taken = createServer();
  if (name === 'a port in use') await new Promise<void>((resolve) => taken.listen(Number(env['PORT']), '127.0.0.1', resolve));
  const ended = await commandLine({ ...env, ...more }).run('api');
  expect([ended.code, ended.err]).toEqual([code, expect.stringMatching(said)]);
  taken.close();
});
