import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { agentDefinition, type AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { readConfig } from '../../src/config';
import { freePort } from '../../src/ground/ports';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { BudgetStore } from '../../src/store/budget-store';
import { closedPort, serve, type Served } from '../agents/serve';
import { refusal, serveMail, type MailServer } from '../notify/smtp';
import { organizationWith } from '../support/budgets';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { foundBy, keptByTemporal } from '../support/kept-by-temporal';
import { setting } from '../support/setting';
import { commandLine, emptyFolder } from './command-line';
import { startServer, startWorker, type ServerProcess } from './server-support';

/** One of each kind, that nothing else has in it. */
const secretOf = (name: string) => `planted${name}${randomUUID().replaceAll('-', '')}`;
const KINDS = ['header', 'apiKey', 'file', 'sign', 'hook', 'slack', 'mail', 'database', 'encryption', 'jwt', 'token', 'query'];
const secrets = Object.fromEntries(KINDS.map((kind) => [kind, secretOf(kind)])) as Readonly<Record<string, string>>;
const secret = (kind: string) => secrets[kind] ?? '';

const folder = emptyFolder();
const taskQueue = `secrets-${randomUUID()}`;
/** Everything that anybody may see, by where. */
const seen = new Map<string, string>();
let env: Record<string, string>;
let store: BudgetStore;
let connection: Connection;
let provider: Served;
let mail: MailServer;
let worker: ServerProcess;
let api: ServerProcess;

beforeAll(async () => {
  // A provider, and a receiver of alerts, that quotes all that it was sent.
  provider = await serve((response, { url, headers, body }) => {
    const quoted = [url, headers.authorization, headers['api-key'], headers['x-key'], body].join(' | ');
    response.writeHead(url?.includes('/ok') === true ? 200 : 401, { 'content-type': 'application/json', 'x-quoted': quoted });
    response.end(url?.includes('/ok') === true ? '{"done":true}' : JSON.stringify({ error: { message: `No such key: ${quoted}` } }));
  });
  mail = await serveMail({
    authOptional: false,
    onAuth: ({ username, password }, _session, done) => {
      done(refusal(535, `5.7.8 No: ${String(username)}/${String(password)} ${Buffer.from(String(password)).toString('base64')}`));
    },
  });
  writeFileSync(path.join(folder, 'key'), secret('file'));
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_TASK_QUEUE: taskQueue,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    PORT: String(await freePort()),
    SMTP_URL: `smtp://me:${secret('mail')}@127.0.0.1:${String(mail.port)}`,
    JWKS_URL: `http://127.0.0.1:${String(await closedPort())}/keys?sig=${secret('query')}`,
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'budgets',
    HEADER: `Bearer ${secret('header')}`,
    API_KEY: secret('apiKey'),
    SIGN: `whsec_${Buffer.from(secret('sign')).toString('base64')}`,
    HOOK: `${provider.url}/hook?token=${secret('hook')}`,
    SLACK: `https://hooks.slack.com/services/${secret('slack')}`,
    NOWHERE_URL: `http://127.0.0.1:${String(await closedPort())}/?sig=${secret('hook')}`,
    NO_URL: `no address: ${secret('hook')}`,
  };
  store = createPostgresStore(databaseUrl, { maxConnections: 2 });
  connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
});
afterAll(async () => {
  await Promise.all([connection.close(), store.close(), provider.close(), mail.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command; what it says is seen. */
async function run(more: Record<string, string>, ...args: string[]): Promise<number | null> {
  const { code, out, err } = await commandLine({ ...env, ...more }).run(...args);
  seen.set(`${JSON.stringify(Object.keys(more))} ${args.join(' ')}`, out + err);
  return code;
}

async function ask(method: string, where: string, authorization: string, body?: unknown, organizationId?: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${String(env['PORT'])}${where}`, {
    method,
    headers: {
      authorization,
      ...(organizationId !== undefined && { 'x-organization-id': organizationId }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const headers = [...answer.headers].flat().join(' ');
  seen.set(`${method} ${where} (${String(seen.size)})`, `${headers}\n${await answer.text()}`);
  return answer.status;
}

const rest = (agentId: string, where: string, header = 'env:HEADER'): AgentDefinitionInput => ({
  ...{
    agentId,
    platform: 'custom_rest_api',
    endpoint: `${provider.url}${where}`,
    secretHeaders: { Authorization: header },
    maxAttempts: 1,
  },
});

test('what goes well and what fails shows no secret: not in histories, logs, metrics, answers or errors', async () => {
  const metrics = [`127.0.0.1:${String(await freePort())}`, `127.0.0.1:${String(await freePort())}`];
  [worker, api] = await Promise.all([
    startWorker({ ...env, AGENT_BUDGET_METRICS_ADDRESS: metrics[0] ?? '' }),
    startServer('api', { ...env, AGENT_BUDGET_METRICS_ADDRESS: metrics[1] ?? '' }),
  ]);
  const admin = readFileSync(path.join(folder, 'admin-key'), 'utf8').trim();
  const organizationId = await organizationWith(store, 100, rest('fine', `/ok?sig=${secret('query')}`));
  const closed = `http://127.0.0.1:${String(await closedPort())}/?sig=${secret('query')}`;
  const agents: AgentDefinitionInput[] = [
    rest('refused', `/no?sig=${secret('query')}`),
    rest('by-file', '/no', `file:${path.join(folder, 'key')}`),
    rest('missing', '/no', 'env:NOWHERE'),
    { ...rest('away', '/'), endpoint: closed } as AgentDefinitionInput,
    { agentId: 'chat', platform: 'openai_compatible', model: 'm', endpoint: `${provider.url}/no`, apiKey: 'env:API_KEY', maxAttempts: 1 },
    {
      agentId: 'azure',
      platform: 'azure_openai',
      model: 'm',
      apiVersion: '1',
      endpoint: provider.url,
      apiKey: 'env:API_KEY',
      maxAttempts: 1,
    },
    { agentId: 'bot', platform: 'copilot_studio', endpoint: `${provider.url}/no`, secret: 'env:API_KEY', maxAttempts: 1 },
  ];
  for (const agent of agents) await store.putAgent(organizationId, agentDefinition.parse(agent));
  const invoke = (agentId: string) =>
    ask(
      'POST',
      `/api/v1/external-agents/${agentId}/invoke`,
      `Bearer ${admin}`,
      { input: 'hello', estimated_cost_usd: 0.1 },
      organizationId,
    );
  expect(await Promise.all(['fine', ...agents.map(({ agentId }) => agentId)].map(invoke))).toEqual([200, ...agents.map(() => 502)]);

  // Alerts: refused, to nowhere, and to what is no address.
  for (const [budgetId, webhookUrl] of Object.entries({
    hooked: 'env:HOOK',
    slacked: 'env:SLACK',
    misled: 'env:NO_URL',
    nowhere: 'env:NOWHERE_URL',
  })) {
    const alerts = { webhookUrl, webhookSecret: 'env:SIGN', emailRecipients: ['ada@example.com'] };
    const [budget] = await store.budgets(organizationId);
    if (budget !== undefined) await store.putBudget({ ...budget, budgetId, alerts }, Date.now());
    // Nothing of ours speaks to Slack from a test; the address is only looked up.
    if (budgetId !== 'slacked') expect(await run({}, 'alerts', 'test', budgetId, '--org', organizationId, '--json')).toBe(1);
    await run({}, 'budgets', 'show', budgetId, '--org', organizationId, '--json');
    expect(await ask('GET', `/api/v1/budgets/${budgetId}`, `Bearer ${admin}`, undefined, organizationId)).toBe(200);
  }

  // Credentials that are none, in every place where they could be quoted.
  const jwt = `${Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url')}.${Buffer.from(`{"sub":"${secret('jwt')}"}`).toString('base64url')}.${secret('jwt')}`;
  expect(await ask('GET', '/api/v1/budgets', `Bearer ab_${secret('token')}`)).toBe(401);
  expect(await ask('GET', '/api/v1/budgets', secret('token'))).toBe(401);
  expect(await ask('GET', '/api/v1/budgets', `Bearer ${jwt}`)).toBe(503);
  const odd = {
    platform: 'custom_rest_api',
    endpoint: `https://me:${secret('query')}@example.com/`,
    secret_headers: { 'x-key': secret('apiKey') },
  };
  expect(await ask('PUT', '/api/v1/external-agents/odd', `Bearer ${admin}`, odd, organizationId)).toBe(400);
  const alerts = { webhook_url: `ftp://me:${secret('hook')}@x`, webhook_secret: secret('sign') };
  expect(await ask('PUT', '/api/v1/budgets/odd', `Bearer ${admin}`, { alerts }, organizationId)).toBe(400);
  expect(await ask('PUT', '/api/v1/budgets/odd', `Bearer ${admin}`, `{"alerts": ${secret('sign')}`, organizationId)).toBe(400);
  await ask('GET', '/metrics', '');
  await ask('GET', '/health/ready', '');
  for (const address of metrics) seen.set(`metrics at ${address}`, await (await fetch(`http://${address}/metrics`)).text());
  await run({}, 'keys', 'list', '--org', organizationId, '--json');
  await run({}, 'agents', 'put', 'odd', '--org', organizationId, '--platform', 'custom_rest_api', '--endpoint', odd.endpoint, '--json');
  // What is found by is written a moment after what happened.
  const runs = await eventually(
    () => foundBy(connection, `TaskQueue = '${taskQueue}'`),
    (found) => found.filter(({ workflowId }) => workflowId.startsWith('agent-invocation/')).length > 7,
  );
  for (const { workflowId, runId } of runs) seen.set(workflowId, await keptByTemporal(connection, workflowId, runId));
  const ended = await Promise.all([worker.end('SIGTERM'), api.end('SIGTERM')]);
  for (const { out, err } of ended) seen.set(`log ${String(seen.size)}`, out + err);
  assertNothingShows([...Object.values(secrets), admin]);
  expect([...seen.keys()].filter((name) => name.startsWith('agent-invocation/')).length).toBeGreaterThan(7);
});

test.each<readonly [string, string]>([
  ['DATABASE_URL', `me:${secret('database')}@db`],
  ['DATABASE_URL', `mysql://me:${secret('database')}@db/name`],
  ['SMTP_URL', `me:${secret('mail')}@127.0.0.1`],
  ['SMTP_URL', `smtp://me:1/${secret('mail')}@127.0.0.1:1`],
  ['JWKS_URL', `no url of ${secret('query')}`],
  ['TEMPORAL_ADDRESS', `https://me:${secret('token')}@temporal.example`],
  ['TEMPORAL_UI_URL', `https://me:${secret('token')}@temporal.example`],
  ['OPENAI_BASE_URL', `https://me:${secret('apiKey')}@openai.example`],
  ['AGENT_BUDGET_ENCRYPTION_KEYS', secret('encryption')],
  ['AGENT_BUDGET_ENCRYPTION_KEYS', `${secret('encryption')}:env:NAME:x`],
])('%s that cannot be used is refused without a word of it', (name, value) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(name);
  for (const one of Object.values(secrets)) expect(read).not.toThrow(one);
});

test('nor do a service and doctor quote what they reach nothing by', async () => {
  seen.clear();
  const unusable = { AGENT_BUDGET_ENCRYPTION_KEYS: '2026:env:ENCRYPTION', ENCRYPTION: secret('encryption') };
  const database = { DATABASE_URL: `postgresql://me:${secret('database')}@127.0.0.1:1/ledger` };
  const astray = { DATABASE_URL: `postgresql://me:x/${secret('database')}@127.0.0.1:1/ledger` };
  expect(await Promise.all([run(unusable, 'api'), run(database, 'api'), run(astray, 'audit', '--json')])).toEqual([
    1,
    4,
    expect.any(Number),
  ]);
  const bySearch = { DATABASE_URL: `postgresql://127.0.0.1:1/ledger?user=me&password=${secret('database')}` };
  expect(await run({ ...unusable, ...bySearch }, 'doctor', '--json')).toBe(1);
  assertNothingShows(Object.values(secrets));
});

function assertNothingShows(values: readonly string[]): void {
  const forms = values
    .filter((value) => value !== '')
    .flatMap((value) => [value, Buffer.from(value).toString('base64').slice(0, 24), encodeURIComponent(value)]);
  const shown = [...seen].flatMap(([where, text]) => forms.filter((form) => text.includes(form)).map((form) => `${where}: ${form}`));
  expect(shown).toEqual([]);
}
