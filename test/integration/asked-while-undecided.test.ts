import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createBudgetClient } from '../../src/client';
import { invocationWorkflowId } from '../../src/contract/names/workflows';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';

const RUNS = 20;

test('whose state is asked before any worker has decided is not stuck, though workers forget it at once', async () => {
  const store = createPostgresStore(setting('TEST_DATABASE_URL'), { maxConnections: 2 });
  const connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
  const temporal = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const budget = createBudgetClient(temporal, { taskQueue });
  const organizationId = await organizationWith(store, 100, { agentId: 'quick', platform: 'in_process', functionName: 'quick' });
  const keys = Array.from({ length: RUNS }, (_, index) => `key-${String(index)}`);
  const ids = keys.map((key) => invocationWorkflowId(organizationId, key));

  const admissions = keys.map((idempotencyKey) => budget.admission({ organizationId, agentId: 'quick', input: null, idempotencyKey }));
  const asked = await eventually(
    () => Promise.all(ids.map((id) => budget.describe(id).catch(() => null))),
    (all) => !all.includes(null),
  );
  expect(new Set(asked.map((found) => found?.state))).toEqual(new Set([null]));
  // Those that come once workers are there, too.
  const later = ids.map((id) => budget.describe(id));
  const quick = { run: () => Promise.resolve({ output: 'done', costUsd: 0.1 }), estimateUsd: () => 0.1 };
  const harness = await startHarness({ quick }, { taskQueue, limits: { cachedRuns: 1 } });
  expect(new Set((await Promise.all(admissions)).map(({ status }) => status))).toEqual(new Set(['granted']));
  await Promise.all(later);
  for (const id of ids) expect(await budget.result(id, AbortSignal.timeout(60_000))).toMatchObject({ status: 'completed' });
  expect(await spending(store, organizationId)).toMatchObject({ heldUsd: 0, executions: RUNS });

  // No query had a task end between the reserve and what follows it.
  for (const id of ids) {
    const { events = [] } = await temporal.workflow.getHandle(id).fetchHistory();
    const marked = events?.findIndex(({ markerRecordedEventAttributes: marker }) => marker) ?? -1;
    expect(events?.[marked + 1]?.activityTaskScheduledEventAttributes).toBeTruthy();
  }
  await harness.stop();
  await Promise.all([store.close(), connection.close()]);
});
