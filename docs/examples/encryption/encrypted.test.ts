import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { agentDefinition, BUDGET_DEFAULTS, createBudgetClient, fromUsd, InMemoryBudgetStore, UNLIMITED } from 'agent-budget';
import { encrypted } from './encrypted';

// Your own: this is what npm test starts.
const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? 'localhost:7233';

test('a run is read by who has the key, and Temporal keeps nothing of it in clear', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } });
  const [native, connection] = await Promise.all([NativeConnection.connect({ address }), Connection.connect({ address })]);
  const store = new InMemoryBudgetStore();
  const scope = { organizationId: 'acme', teamId: null, userId: null, agentId: null };
  await store.putBudget(
    { ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits: { ...UNLIMITED, dailyMicroUsd: fromUsd(5) } },
    Date.now(),
  );
  await store.putAgent('acme', agentDefinition.parse({ agentId: 'owl', platform: 'in_process', functionName: 'owl' }));
  const agents = { owl: { run: () => Promise.resolve({ output: 'An owl in clear.', costUsd: 0.25 }) } };
  const taskQueue = `encrypted-${randomUUID()}`;
  const { client, worker } = await encrypted(randomBytes(32).toString('base64'), { connection, native, store, agents, taskQueue });
  const running = worker.run();
  const budget = createBudgetClient(client, { taskQueue });
  const started = await budget.start({ organizationId: 'acme', agentId: 'owl', input: 'a question in clear' });
  expect(await started.result()).toMatchObject({ status: 'completed', output: 'An owl in clear.', chargedUsd: 0.25 });
  const { events } = await new Client({ connection }).workflow.getHandle(started.workflowId).fetchHistory();
  const kept = textsIn(events).join('\n');
  expect(kept).toContain('binary/encrypted');
  for (const text of ['An owl in clear.', 'a question in clear']) expect(kept).not.toContain(text);
  worker.shutdown();
  await running;
  await Promise.all([native.close(), connection.close()]);
});

/** Every text and all bytes in a history, wherever they stand. */
function textsIn(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(textsIn);
}
