import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { BUDGET_DEFAULTS, budgetStatus, createPostgresStore, fromUsd, UNLIMITED } from 'agent-budget';
import { createAttemptsWorker, createBudgetsWorker, createDistantWorker, createReportWorker } from './workers';
import { invoice, report, reportByAttempts, reportFromAfar } from './workflows';

// Your own: these are what npm test starts.
const databaseUrl = process.env['TEST_DATABASE_URL'] ?? 'postgresql://localhost/agent_budget';
const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? 'localhost:7233';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
const store = createPostgresStore(databaseUrl);
const running: { worker: Worker; end: Promise<void> }[] = [];
let native: NativeConnection;
let connection: Connection;
beforeAll(async () => {
  [native, connection] = await Promise.all([NativeConnection.connect({ address }), Connection.connect({ address })]);
  const workers = await Promise.all([
    createReportWorker(native, databaseUrl),
    createDistantWorker(native),
    createBudgetsWorker(native, databaseUrl),
    createAttemptsWorker(native, store),
  ]);
  for (const worker of workers) running.push({ worker, end: worker.run() });
}, 60_000);
afterAll(async () => {
  for (const { worker } of running) worker.shutdown();
  await Promise.all(running.map(({ end }) => end));
  await Promise.all([native.close(), connection.close(), store.close()]);
});

test.each([
  ['a worker with the plug-in', 'reports', report],
  ['a worker without, whose budgets another one serves', 'distant-reports', reportFromAfar],
  ['a worker whose activity records its tries', 'reports-by-attempts', reportByAttempts],
])('%s charges what its work cost, until the budget denies', async (_what, taskQueue, workflow) => {
  const organizationId = `acme-${randomUUID()}`;
  const scope = { organizationId, teamId: null, userId: null, agentId: null };
  const limits = { ...UNLIMITED, monthlyMicroUsd: fromUsd(0.8) };
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits }, Date.now());

  const { workflow: workflows } = new Client({ connection });
  const run = () => workflows.execute(workflow, { workflowId: randomUUID(), taskQueue, args: [organizationId, 'owls'] });
  expect(await run()).toMatchObject({ status: 'completed', value: 'All about owls', hold: { chargedUsd: 0.4 } });
  expect(await run()).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost' } });
  expect((await budgetStatus(store, organizationId, 'monthly', Date.now()))?.month).toMatchObject({ spentUsd: 0.4, heldUsd: 0 });
});

test('work under a key of its own is done once, and others learn how it ended', async () => {
  const organizationId = `acme-${randomUUID()}`;
  const { workflow: workflows } = new Client({ connection });
  const run = () => workflows.execute(invoice, { workflowId: randomUUID(), taskQueue: 'reports', args: [organizationId, '4711'] });
  expect(await run()).toBe('completed');
  expect(await run()).toBe('was committed before');
});
