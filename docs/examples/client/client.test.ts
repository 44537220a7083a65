import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { agentDefinition, BUDGET_DEFAULTS, createNotifier, createOutbound, fromUsd, InMemoryBudgetStore, UNLIMITED } from 'agent-budget';
import { budgetPlugin } from 'agent-budget/worker';
import { alert } from './alerts';
import { summarize } from './invoke';

// Your own: this is what npm test starts.
const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? 'localhost:7233';
process.env['TEMPORAL_ADDRESS'] = address;

const webhooks: { id: unknown; signature: unknown; body: unknown }[] = [];
const receiver = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    webhooks.push({ id: request.headers['webhook-id'], signature: request.headers['webhook-signature'], body: JSON.parse(text) });
    response.end();
  });
});

const store = new InMemoryBudgetStore();
const outbound = createOutbound({ allowPrivateTargets: true });
let connection: Connection;
let stop: () => Promise<void>;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const env = {
    ACME_ALERTS_URL: `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}`,
    ACME_ALERTS_SECRET: `whsec_${Buffer.alloc(24, 'a').toString('base64')}`,
  };
  const native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
  const agents = { summarizer: { run: () => Promise.resolve({ output: 'Short.', costUsd: 0.3 }) } };
  const notifier = createNotifier({ outbound, env, smtp: null });
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'agent-budget',
    workflowsPath: require.resolve('agent-budget/workflow'),
    plugins: [budgetPlugin({ store, agents, notifier })],
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close(), outbound.close()]);
    receiver.close();
  };
}, 60_000);
afterAll(() => stop());

const quiet = { log: () => undefined };
const scope = { organizationId: 'acme', teamId: null, userId: null, agentId: null };
const budget = { ...BUDGET_DEFAULTS, budgetId: 'acme-monthly', scope, limits: { ...UNLIMITED, dailyMicroUsd: fromUsd(0.5) } };

test('an app invokes an agent: one run for one key, in any process', async () => {
  await store.putBudget(budget, Date.now());
  await store.putAgent('acme', agentDefinition.parse({ agentId: 'summarizer', platform: 'in_process', functionName: 'summarizer' }));
  const once = await summarize(quiet);
  expect(once).toMatchObject({ status: 'completed', output: 'Short.', chargedUsd: 0.3 });
  expect(await summarize(quiet)).toEqual(once);
});

test('an alert configuration is tried out: a signed webhook arrives, and who has no mail server is told', async () => {
  const reports = await alert(store, budget, connection, quiet);
  expect(reports).toMatchObject([
    { channel: 'webhook', isDelivered: true },
    { channel: 'email', isDelivered: false },
  ]);
  const body: unknown = expect.objectContaining({ organization_id: 'acme', budget_id: 'acme-monthly', test: true });
  expect(webhooks).toEqual([{ id: expect.any(String) as string, signature: expect.stringMatching(/^v1,/) as string, body }]);
});
