import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { Agent, fetch } from 'undici';
import { Client } from 'pg';
import { freePort } from '../../src/ground/ports';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { setting } from '../support/setting';
import { emptyFolder } from './command-line';
import { startServer } from './server-support';

const RESERVATIONS = 20;
let env: Record<string, string>;
let folder: string;
beforeEach(async () => {
  folder = emptyFolder();
  env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_TASK_QUEUE: `draining-${randomUUID()}`,
    DATABASE_URL: await createDatabase(setting('TEST_DATABASE_URL')),
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    PORT: String(await freePort()),
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Asks as the operator, of the organization acme, over connections that are kept. */
function caller() {
  const dispatcher = new Agent();
  const headers = {
    authorization: `Bearer ${readFileSync(`${folder}/admin-key`, 'utf8').trim()}`,
    'x-organization-id': 'acme',
    'content-type': 'application/json',
  };
  const ask = async (method: string, path: string, body?: unknown) => {
    const url = `http://127.0.0.1:${String(env['PORT'])}${path}`;
    const answer = await fetch(url, { method, dispatcher, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: answer.status, connection: answer.headers.get('connection'), body: (await answer.json()) as Record<string, unknown> };
  };
  return { ask, close: () => dispatcher.close() };
}

test('on SIGTERM readiness flips first: what comes meanwhile is answered, and its connection closed behind it', async () => {
  const api = await startServer('api', { ...env, AGENT_BUDGET_DRAIN_SECONDS: '10' });
  const { ask, close } = caller();
  expect(await ask('GET', '/health/ready')).toMatchObject({ status: 200, connection: 'keep-alive', body: { status: 'up' } });
  const ending = api.end('SIGTERM');
  const ready = await eventually(
    () => ask('GET', '/health/ready'),
    ({ status }) => status !== 200,
  );
  expect(ready).toEqual({ status: 503, connection: 'close', body: { status: 'stopping', checks: {} } });
  expect(await ask('GET', '/health/live')).toMatchObject({ status: 200 });
  expect(await ask('PUT', '/api/v1/budgets/monthly', { scope: {}, monthly_budget_usd: 1 })).toMatchObject({ status: 200 });
  expect((await ending).code).toBe(0);
  await expect(ask('GET', '/health/live')).rejects.toThrow();
  await close();
});

test('on Ctrl-C nobody waits for load balancers', async () => {
  const api = await startServer('api', { ...env, AGENT_BUDGET_DRAIN_SECONDS: '600' });
  expect((await api.end('SIGINT')).code).toBe(0);
});

test('commits in flight when the API is told to stop land, and each caller is told so', async () => {
  const api = await startServer('api', env);
  const { ask, close } = caller();
  await ask('PUT', '/api/v1/budgets/monthly', { scope: {}, monthly_budget_usd: 100 });
  const reservations = await Promise.all(
    Array.from({ length: RESERVATIONS }, (_, number) =>
      ask('POST', '/api/v1/reservations', { key: `key-${String(number)}`, external_agent_id: 'crawler', estimated_cost_usd: 1 }),
    ),
  );
  // Everything that is to be written waits behind this.
  const blocker = new Client({ connectionString: env['DATABASE_URL'] });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('lock table organizations in access exclusive mode');
  const commits = reservations.map(({ body }) =>
    ask('POST', `/api/v1/reservations/${String(body['key'])}/commit`, { actual_cost_usd: 0.5 }),
  );
  await eventually(
    async () =>
      (await blocker.query<{ count: string }>("select count(*) from pg_locks where not granted and locktype = 'relation'")).rows[0],
    (row) => Number(row?.count) > 0,
  );
  const ending = api.end('SIGTERM');
  await eventually(
    () =>
      ask('GET', '/health/live').then(
        () => false,
        () => true,
      ),
    (isGone) => isGone,
  );
  await blocker.query('commit');
  for (const commit of await Promise.all(commits)) expect(commit).toMatchObject({ status: 200, body: { charged_usd: 0.5 } });
  expect((await ending).code).toBe(0);
  await Promise.all([blocker.end(), close()]);
  const store = createPostgresStore(String(env['DATABASE_URL']), { maxConnections: 1 });
  const [balance] = await store.balances('acme', 'monthly', 0);
  expect(balance?.month).toMatchObject({ spentMicroUsd: RESERVATIONS * 500_000, heldMicroUsd: 0 });
  expect(await audit(store, 'acme')).toEqual([]);
  await store.close();
});
