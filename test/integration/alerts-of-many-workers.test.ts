import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createBudgetClient, type BudgetClient } from '../../src/client';
import { agentDefinition } from '../../src/contract/schemas/agent';
import { audit } from '../../src/store/audit';
import { fromUsd } from '../../src/domain/money';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { serve, type Served } from '../agents/serve';
import { alertingBudget, startReceivers, type Receivers } from '../support/alerting';
import { createDatabase } from '../support/database';
import { spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { isFull } from '../support/extent';
import { setting } from '../support/setting';
import { endServices, spawnService, type ServiceProcess } from '../support/service';

const COST_USD = 0.1;
const RUNS = isFull ? 1_000 : 200;

const taskQueue = `test-${randomUUID()}`;
const folders: string[] = [];
let databaseUrl: string;
let receivers: Receivers;
let agent: Served;
let store: BudgetStore;
let connection: Connection;
let client: BudgetClient;
beforeAll(async () => {
  databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  store = createPostgresStore(databaseUrl);
  receivers = await startReceivers();
  agent = await serve((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-litellm-response-cost': String(COST_USD) }).end('{"output":"done"}');
  });
  connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
  client = createBudgetClient(new Client({ connection }), { taskQueue });
});
afterAll(async () => {
  await endServices();
  await Promise.all([store.close(), connection.close(), receivers.close(), agent.close()]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function startWorker(): ServiceProcess {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-alerts-'));
  folders.push(folder);
  const env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    AGENT_BUDGET_TASK_QUEUE: taskQueue,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    SMTP_URL: receivers.mail.url,
  };
  return spawnService(env, [], 'worker');
}

const ready = (worker: ServiceProcess) => worker.event(({ event }) => event === 'ready');

test(`${String(RUNS)} invocations in parallel on three worker processes: each threshold is told exactly once (replicas all send, or none)`, async () => {
  const costUsd = RUNS * COST_USD;
  const limits = { monthlyMicroUsd: fromUsd(costUsd) };
  const budget = await alertingBudget(store, receivers, { cooldownMinutes: 0, limits });
  const { organizationId } = budget;
  const url = `${agent.url}/${organizationId}`;
  const definition = { agentId: 'cheap', platform: 'custom_rest_api', endpoint: url, estimatedCostUsd: COST_USD, maxAttempts: 20 };
  await store.putAgent(organizationId, agentDefinition.parse(definition));
  const workers = [startWorker(), startWorker(), startWorker()];
  await Promise.all(workers.map(ready));

  const invoke = async () => (await client.invoke({ organizationId, agentId: 'cheap', input: null })).status;
  const results = await Promise.all(Array.from({ length: RUNS }, invoke));
  const { spentUsd, heldUsd } = await spending(store, organizationId);
  expect([spentUsd, heldUsd, new Set(results)]).toEqual([costUsd, 0, new Set(['completed'])]);
  expect(await audit(store, organizationId)).toEqual([]);

  const alerts = await eventually(
    () => budget.alerts(),
    (all) =>
      all.flatMap(({ message }) => message.crossings).some(({ threshold }) => threshold === 1) &&
      all.every(({ deliveries }) => deliveries.every(({ state }) => state === 'sent')),
  );
  const told = alerts.flatMap(({ message }) => message.crossings.map(({ threshold }) => threshold));
  expect([...told].sort()).toEqual([0.5, 0.75, 0.9, 1]);
  const toldByWebhook = budget.webhooks().flatMap(({ body }) => body.crossings.map(({ threshold }) => threshold));
  expect(toldByWebhook.sort()).toEqual([0.5, 0.75, 0.9, 1]);
  const ids = alerts.map(({ message }) => message.id);
  expect(
    budget
      .webhooks()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids.sort());
  expect(new Set(budget.emails().map(({ messageId }) => messageId)).size).toBe(budget.emails().length);
  expect(budget.emails().length).toBe(alerts.length);
  await Promise.all(workers.map((worker) => worker.end('SIGINT')));
});
