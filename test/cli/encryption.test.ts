import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { resetScheduleId } from '../../src/contract/names/workflows';
import { readKeyReferences } from '../../src/contract/key-references';
import { encryptionFrom } from '../../src/encryption';
import { freePort } from '../../src/ground/ports';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { InvocationWorkflow } from '../../src/client/start-options';
import type { BudgetStore } from '../../src/store/budget-store';
import { createResetSchedules } from '../../src/worker/reset-schedules';
import { serve, type Served } from '../agents/serve';
import { organizationWith, spending } from '../support/budgets';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { installQuietRuntime } from '../support/harness';
import { clearPayloadsIn, foundBy, historyOf, keptByTemporal } from '../support/kept-by-temporal';
import { setting } from '../support/setting';
import { commandLine, emptyFolder } from './command-line';
import { startServer, startWorker, type ServerProcess } from './server-support';

const [OLD, NEW] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('hex')];
const folder = emptyFolder();
const taskQueue = `encrypted-${randomUUID()}`;
let env: Record<string, string>;
let store: BudgetStore;
let connection: Connection;
let agent: Served;
let release: () => void;
const released = new Promise<void>((resolve) => (release = resolve));
let worker: ServerProcess;
let api: ServerProcess;

const encryption = (keys: string) =>
  encryptionFrom({ encryptionKeys: readKeyReferences('KEYS', keys), environment: { OLD_KEY: OLD, NEW_KEY: NEW } });

async function clientWith(keys: string | null): Promise<Client> {
  const dataConverter = keys === null ? undefined : await encryption(keys);
  return new Client({ connection, ...(dataConverter && { dataConverter }) });
}

beforeAll(async () => {
  installQuietRuntime();
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_TASK_QUEUE: taskQueue,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    AGENT_BUDGET_ENCRYPTION_KEYS: '2025:env:OLD_KEY',
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    PORT: String(await freePort()),
    OLD_KEY: OLD,
    NEW_KEY: NEW,
  };
  store = createPostgresStore(databaseUrl, { maxConnections: 2 });
  agent = await serve((response, { body }) => {
    const { mode } = (JSON.parse(body) as { input: { mode: string } }).input;
    if (mode === 'fails') response.writeHead(400).end('{"error":"CLEAR-failure"}');
    else void (mode === 'waits' ? released : Promise.resolve()).then(() => response.end('{"text":"CLEAR-output","usd":0.5}'));
  });
  connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
  [worker, api] = await Promise.all([startWorker(env), startServer('api', env)]);
});
afterAll(async () => {
  release();
  await Promise.all([worker.end('SIGTERM'), api.end('SIGTERM')]);
  await Promise.all([connection.close(), store.close(), agent.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const organization = () =>
  organizationWith(store, 10, {
    agentId: 'far',
    platform: 'custom_rest_api',
    endpoint: agent.url,
    costField: 'usd',
    estimatedCostUsd: 1,
    maxAttempts: 1,
  });

const invoke = (organizationId: string, mode: string, estimate: number, ...more: string[]) =>
  commandLine(env).run(
    ...['invoke', 'far', '--org', organizationId, '--key', mode, '--estimate', String(estimate)],
    ...['--input', JSON.stringify({ mode, secret: 'CLEAR-input' }), '--json', ...more],
  );

const idOf = (organizationId: string, key: string) => `agent-invocation/${organizationId}/${key}`;

/** What no codec is given: search attributes, and the SDK's own notes of a local activity (its type, id and tries). */
const IN_CLEAR = /\.(indexedFields\.\w+|markerRecordedEventAttributes\.details\.data\.payloads\.0)$/;

const keptOf = (organizationId: string, key: string) => keptByTemporal(connection, idOf(organizationId, key));

test('granted, denied and failed runs, by the command line and over HTTP: nothing of them is in clear but ids and search attributes', async () => {
  const organizationId = await organization();
  const [granted, denied, failed] = [
    await invoke(organizationId, 'answers', 1),
    await invoke(organizationId, 'denied', 100),
    await invoke(organizationId, 'fails', 1),
  ];
  expect(JSON.parse(granted.out)).toMatchObject({ status: 'completed', output: { text: 'CLEAR-output' }, cost_usd: 0.5 });
  expect([denied.code, JSON.parse(denied.out)]).toMatchObject([3, { status: 'denied', denial: { code: 'monthly_cost' } }]);
  // The client reads the type and the message of what failed as ever.
  expect([failed.code, JSON.parse(failed.err || failed.out)]).toMatchObject([1, {}]);
  expect(failed.err + failed.out).toContain('AgentRejected');
  expect(failed.err + failed.out).toContain('CLEAR-failure');

  const answer = await fetch(`http://127.0.0.1:${String(env['PORT'])}/api/v1/external-agents/far/invoke`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(path.join(folder, 'admin-key'), 'utf8').trim()}`,
      'x-organization-id': organizationId,
      'content-type': 'application/json',
      'idempotency-key': 'over-http',
    },
    body: JSON.stringify({ input: { mode: 'answers', secret: 'CLEAR-input' } }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'completed', output: { text: 'CLEAR-output' } }]);

  for (const [key, outcome] of Object.entries({ answers: 'completed', denied: 'denied', fails: 'failed', 'over-http': 'completed' })) {
    const kept = await keptOf(organizationId, key);
    expect(kept).not.toContain('CLEAR');
    expect(clearPayloadsIn(JSON.parse(kept)).filter((where) => !IN_CLEAR.test(where))).toEqual([]);
    expect(kept).toContain('binary/encrypted');
    expect(kept).toContain('2025');
    // Temporal finds by them, and passes them by every codec.
    const query = `AgentBudgetOrganization = '${organizationId}' AND AgentBudgetOutcome = '${outcome}' AND AgentBudgetAgent = 'far'`;
    const found = await eventually(
      async () => (await foundBy(connection, query)).map(({ workflowId }) => workflowId),
      (ids) => ids.includes(idOf(organizationId, key)),
      20_000,
    );
    expect(found.every((id) => id.includes(organizationId))).toBe(true);
  }
});

test('rotation: a run of before goes on under the new key, is read by both, and replays', async () => {
  const organizationId = await organization();
  expect((await invoke(organizationId, 'waits', 1, '--async')).code).toBe(0);
  const isAsked = () => Promise.resolve(agent.received.some(({ body }) => body.includes('"waits"')));
  await eventually(isAsked, Boolean, 30_000);
  const both = '2026:env:NEW_KEY,2025:env:OLD_KEY';
  const before = worker;
  worker = await startWorker({ ...env, AGENT_BUDGET_ENCRYPTION_KEYS: both });
  // It answers what it has asked already, and takes no more.
  const ended = before.end('SIGTERM');
  await eventually(
    () => Promise.resolve(before.said()),
    (said) => said.includes('Stopping'),
  );
  release();
  await ended;
  const rotated = await clientWith(both);
  const { output } = await rotated.workflow.getHandle<InvocationWorkflow>(idOf(organizationId, 'waits')).result();
  expect(output).toEqual({ text: 'CLEAR-output', usd: 0.5 });
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });

  const kept = await keptOf(organizationId, 'waits');
  expect([kept.includes('"encryption-key-id":"2025"'), kept.includes('"encryption-key-id":"2026"')]).toEqual([true, true]);
  expect(kept).not.toContain('CLEAR');
  const history = await historyOf(connection, idOf(organizationId, 'waits'));
  const workflowBundle = { code: readFileSync(path.join(__dirname, '../../dist/workflows/encrypting-bundle.generated.js'), 'utf8') };
  const dataConverter = await encryption(both);
  await expect(Worker.runReplayHistory({ workflowBundle, ...(dataConverter && { dataConverter }) }, history)).resolves.toBeUndefined();

  const shown = (keys: string) =>
    commandLine({ ...env, AGENT_BUDGET_ENCRYPTION_KEYS: keys }).run('invocations', 'show', 'waits', '--org', organizationId, '--json');
  expect(JSON.parse((await shown(both)).out)).toMatchObject({ status: 'completed', cost_usd: 0.5 });
  const { code, err } = await shown('2026:env:NEW_KEY');
  expect([code, JSON.parse(err)]).toMatchObject([1, { error: { code: 'PayloadUnreadable' } }]);
  expect(err).toContain('encrypted by a key \\"2025\\"');
});

test('a Schedule that is put again is encrypted by the new key', async () => {
  const keyIdsOf = async () => {
    const { schedule } = await connection.workflowService.describeSchedule({
      namespace: 'default',
      scheduleId: resetScheduleId(taskQueue, 'UTC'),
    });
    const { input, userMetadata } = schedule?.action?.startWorkflow ?? {};
    return [...(input?.payloads ?? []), userMetadata?.summary].map((payload) =>
      Buffer.from(payload?.metadata?.['encryption-key-id'] ?? '').toString(),
    );
  };
  await eventually(
    () => keyIdsOf().catch(() => null),
    (ids) => ids !== null,
  );
  const put = async (keys: string) => createResetSchedules(await clientWith(keys), taskQueue).put({ timeZone: 'UTC', anchorDays: [1] });
  await put('third:env:OLD_KEY,2026:env:NEW_KEY,2025:env:OLD_KEY');
  expect(await keyIdsOf()).toEqual(['third', 'third']);
  // The old ones may go.
  await put('third:env:OLD_KEY');
});

test.each([
  ['no list of keys', Buffer.alloc(32, 1).toString('base64'), /^AGENT_BUDGET_ENCRYPTION_KEYS is no list of keys/],
  [
    'a key that is not there',
    '2025:env:NOWHERE',
    /^The secret env:NOWHERE is not set, or is empty\. AGENT_BUDGET_ENCRYPTION_KEYS names it as the key 2025\.$/m,
  ],
  ['a key that is too short', '2025:env:SHORT', /^The encryption key 2025 is not 32 bytes/],
])('%s: nothing starts, and nothing quotes it', async (_name, keys, reason) => {
  const broken = commandLine({ ...env, SHORT: 'c2VjcmV0', AGENT_BUDGET_ENCRYPTION_KEYS: keys });
  const [started, examined] = await Promise.all([broken.run('worker'), broken.run('doctor', '--json')]);
  expect([started.code, started.err]).toEqual([1, expect.stringMatching(reason)]);
  expect(examined.code).toBe(1);
  for (const { out, err } of [started, examined]) expect(out + err).not.toMatch(/AQEBAQEB|c2VjcmV0/);
});
