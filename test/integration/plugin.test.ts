import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { fromUsd } from '../../src/domain/money';
import { budgetPlugin } from '../../src/worker';
import { budgetOf, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { installQuietRuntime } from '../support/harness';
import { setting } from '../support/setting';

const address = setting('TEST_TEMPORAL_ADDRESS');
const databaseUrl = setting('TEST_DATABASE_URL');
const store = createPostgresStore(databaseUrl);
let connection: Connection;
let native: NativeConnection;
let client: Client;
let here: WorkflowBundle;
let elsewhere: WorkflowBundle;

beforeAll(async () => {
  installQuietRuntime();
  [connection, native, here, elsewhere] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
    bundle('workflows-here.ts'),
    bundle('workflows-elsewhere.ts'),
  ]);
  client = new Client({ connection });
});
afterAll(() => Promise.all([connection.close(), native.close(), store.close()]));

test('a worker of one’s own gets activities, search attributes and maintenance; its run is charged and replays', async () => {
  const taskQueue = `own-${randomUUID()}`;
  const organizationId = await organization();
  const stop = await run({ taskQueue, workflowBundle: here, activities: { research }, plugins: [budgetPlugin({ databaseUrl })] });
  const handle = await start(taskQueue, organizationId);
  expect(await handle.result()).toMatchObject({ status: 'completed', hold: { chargedUsd: 0.4 } });
  const described = await client.workflow.getHandle(`agent-budget-maintenance/${taskQueue}`).describe();
  expect(described.status.name).toBe('RUNNING');
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(customAttributes).toHaveProperty('AgentBudgetOutcome');
  await stop();
  await isChargedOnce(organizationId);
  await replays(handle, here);
  expect(await eventsOf(handle)).toEqual({ events: 13, regular: 1 });
});

test('budgets on a task queue of their own: the workflow’s worker needs neither plug-in nor database', async () => {
  const [taskQueue, budgets] = [`reports-${randomUUID()}`, `budgets-${randomUUID()}`];
  const organizationId = await organization();
  const plugins = [budgetPlugin({ databaseUrl, maintenance: false })];
  const stops = await Promise.all([
    run({ taskQueue, workflowBundle: elsewhere, activities: { research } }),
    run({ taskQueue: budgets, plugins }),
  ]);
  const handle = await start(taskQueue, organizationId, budgets);
  expect(await handle.result()).toMatchObject({ status: 'completed', hold: { chargedUsd: 0.4 } });
  await isChargedOnce(organizationId);
  expect(await eventsOf(handle)).toEqual({ events: 25, regular: 3 });

  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(1) }), Date.now());
  expect(await (await start(taskQueue, organizationId, budgets)).result()).toMatchObject({ status: 'denied' });
  await Promise.all(stops.map((stop) => stop()));
  await replays(handle, elsewhere);
});

test('nobody serves budgets: a run fails as ledger_unavailable, and what may be held is given back when somebody does', async () => {
  const [taskQueue, budgets] = [`reports-${randomUUID()}`, `budgets-${randomUUID()}`];
  const organizationId = await organization();
  const stop = await run({ taskQueue, workflowBundle: elsewhere, activities: { research } });
  const handle = await start(taskQueue, organizationId, budgets);
  await eventually(
    async () => (await handle.fetchHistory()).events ?? [],
    (events) => events.some((event) => event.activityTaskTimedOutEventAttributes),
  );
  const stopBudgets = await run({ taskQueue: budgets, plugins: [budgetPlugin({ databaseUrl, maintenance: false })] });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'ledger_unavailable' } });
  expect(await spending(store, organizationId)).toMatchObject({ spentUsd: 0, heldUsd: 0 });
  await Promise.all([stop(), stopBudgets()]);
});

test('a run that began before its budgets moved goes on elsewhere, and its history replays', async () => {
  const [taskQueue, budgets] = [`reports-${randomUUID()}`, `budgets-${randomUUID()}`];
  const organizationId = await organization();
  let isSlow = true;
  const slowly = async () => {
    if (isSlow) await Context.current().sleep('1m');
    return 0.4;
  };
  const plugins = [budgetPlugin({ databaseUrl, maintenance: false })];
  const stopHere = await run({ taskQueue, workflowBundle: here, activities: { research: slowly }, plugins });
  const handle = await start(taskQueue, organizationId, budgets);
  await eventually(
    async () => (await spending(store, organizationId)).heldUsd,
    (held) => held === 1,
  );
  await stopHere();

  isSlow = false;
  const stops = await Promise.all([
    run({ taskQueue, workflowBundle: elsewhere, activities: { research: slowly } }),
    run({ taskQueue: budgets, plugins: [budgetPlugin({ databaseUrl, maintenance: false })] }),
  ]);
  expect(await handle.result()).toMatchObject({ status: 'completed', hold: { chargedUsd: 0.4 } });
  await Promise.all(stops.map((stop) => stop()));
  await isChargedOnce(organizationId);
  await replays(handle, elsewhere);
});

test.each([
  ['no ledger', 'postgresql://u:p@127.0.0.1:1/x', 'default', 'LedgerUnavailable'],
  ['no such namespace', databaseUrl, 'nowhere', 'ServiceError'],
])('%s at the start: no worker is made that could not be run, and nothing is left open', async (_name, where, namespace, error) => {
  const own = await NativeConnection.connect({ address });
  const made = Worker.create({
    connection: own,
    taskQueue: `never-${randomUUID()}`,
    workflowBundle: here,
    namespace,
    plugins: [budgetPlugin({ databaseUrl: where })],
  });
  await expect(made).rejects.toMatchObject({ name: error });
  // Refused while a worker holds it.
  await expect(own.close()).resolves.toBeUndefined();
});

test('an activity that has the name of one of ours is refused by name', async () => {
  const plugins = [budgetPlugin({ store })];
  const options = { connection: native, taskQueue: 'clash', activities: { commitCost: research }, plugins };
  await expect(Worker.create(options)).rejects.toThrow("Activities of this worker have names of agent-budget's: commitCost");
});

function research(): Promise<number> {
  return Promise.resolve(0.4);
}

async function organization(): Promise<string> {
  const organizationId = `org-${randomUUID()}`;
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(10) }), Date.now());
  return organizationId;
}

function bundle(name: string): Promise<WorkflowBundle> {
  return bundleWorkflowCode({ workflowsPath: path.join(__dirname, '../support', name), logger: new DefaultLogger('ERROR') });
}

/** Runs a worker; returns how to stop it. */
async function run(options: Omit<Parameters<typeof Worker.create>[0], 'connection'>): Promise<() => Promise<void>> {
  const worker = await Worker.create({ connection: native, ...options });
  const running = worker.run();
  running.catch(() => undefined);
  await eventually(
    () => Promise.resolve(worker.getState()),
    (state) => state === 'RUNNING',
  );
  return () => {
    worker.shutdown();
    return running;
  };
}

function start(taskQueue: string, organizationId: string, budgets?: string): Promise<WorkflowHandle> {
  return client.workflow.start('report', { workflowId: randomUUID(), taskQueue, args: [organizationId, ...(budgets ? [budgets] : [])] });
}

async function isChargedOnce(organizationId: string): Promise<void> {
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.4, heldUsd: 0, executions: 1 });
  expect(await audit(store, organizationId)).toEqual([]);
}

async function replays(handle: WorkflowHandle, workflowBundle: WorkflowBundle): Promise<void> {
  await expect(Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId)).resolves.toBeUndefined();
}

async function eventsOf(handle: WorkflowHandle): Promise<{ events: number; regular: number }> {
  const events = (await handle.fetchHistory()).events ?? [];
  return { events: events.length, regular: events.filter((event) => event.activityTaskScheduledEventAttributes).length };
}
