import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createBudgetClient, InvocationFailed, type BudgetClient } from '../../src/client';
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
import { setting } from '../support/setting';
import { endServices, spawnService, type ServiceProcess } from '../support/service';

const COST_USD = 0.1;
const LEAST_KILLS = 4;

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

/** Kills a worker every now and then, and starts another one in its place; ends with all that run. */
async function killAtRandom(workers: ServiceProcess[], isOver: () => boolean): Promise<void> {
  for (let kills = 0; kills < LEAST_KILLS || !isOver(); kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1_000));
    const victim = Math.floor(Math.random() * workers.length);
    await workers[victim]?.end('SIGKILL');
    workers[victim] = startWorker();
    await ready(workers[victim]);
  }
}

/** Invokes until it is decided: while workers die, a reserve may honestly end as ledger_unavailable. */
async function invoke(organizationId: string): Promise<string> {
  for (;;) {
    try {
      return (await client.invoke({ organizationId, agentId: 'cheap', input: null })).status;
    } catch (error) {
      if (!(error instanceof InvocationFailed) || error.type !== 'ledger_unavailable') throw error;
    }
  }
}

// What a kill costs grows with its number, and not with the invocations: enough of them are under way at every one.
test.each([
  { runs: 1_000, killing: false },
  { runs: 300, killing: true },
])(
  '$runs invocations in parallel on three worker processes (killed at random: $killing): each threshold is told exactly once (replicas all send, or none)',
  async ({ runs, killing }) => {
    const costUsd = runs * COST_USD;
    const limits = { monthlyMicroUsd: fromUsd(costUsd) };
    const budget = await alertingBudget(store, receivers, { cooldownMinutes: 0, limits });
    const { organizationId } = budget;
    const url = `${agent.url}/${organizationId}`;
    const definition = { agentId: 'cheap', platform: 'custom_rest_api', endpoint: url, estimatedCostUsd: COST_USD, maxAttempts: 20 };
    await store.putAgent(organizationId, agentDefinition.parse(definition));
    const workers = [startWorker(), startWorker(), startWorker()];
    await Promise.all(workers.map(ready));

    let isOver = false;
    const killed = killing ? killAtRandom(workers, () => isOver) : Promise.resolve();
    const results = await Promise.all(Array.from({ length: runs }, () => invoke(organizationId)));
    isOver = true;
    await killed;
    const { spentUsd, heldUsd } = await spending(store, organizationId);
    expect(heldUsd).toBe(0);
    // An attempt that was lost with its worker is charged as well, so that the budget may end before the runs do.
    if (!killing) expect([spentUsd, new Set(results)]).toEqual([costUsd, new Set(['completed'])]);
    expect(spentUsd).toBeGreaterThanOrEqual(costUsd);
    expect(await audit(store, organizationId)).toEqual([]);

    const alerts = await eventually(
      () => budget.alerts(),
      (all) =>
        all.flatMap(({ message }) => message.crossings).some(({ threshold }) => threshold === 1) &&
        all.every(({ deliveries }) => deliveries.every(({ state }) => state === 'sent')),
    );
    const told = alerts.flatMap(({ message }) => message.crossings.map(({ threshold }) => threshold));
    expect([...told].sort()).toEqual([0.5, 0.75, 0.9, 1]);
    // A delivery that a kill repeated has the same id; nothing else is repeated.
    const webhooks = new Map(budget.webhooks().map(({ id, body }) => [id, body]));
    const toldByWebhook = [...webhooks.values()].flatMap(({ crossings }) => crossings.map(({ threshold }) => threshold));
    expect(toldByWebhook.sort()).toEqual([0.5, 0.75, 0.9, 1]);
    expect([...webhooks.keys()].sort()).toEqual(alerts.map(({ message }) => message.id).sort());
    expect(new Set(budget.emails().map(({ messageId }) => messageId)).size).toBe(alerts.length);
    if (!killing) expect([budget.webhooks().length, budget.emails().length]).toEqual([alerts.length, alerts.length]);
    await Promise.all(workers.map((worker) => worker.end('SIGINT')));
  },
);
