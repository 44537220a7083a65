import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { createBudgetClient } from '../../src/client';
import { invocationWorkflowId } from '../../src/contract/names/workflows';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';

const RUNS = 20;
const {
  EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: ACTIVITY_TASK_SCHEDULED,
  EVENT_TYPE_MARKER_RECORDED: MARKER_RECORDED,
  EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: UPDATE_ACCEPTED,
  EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: WORKFLOW_TASK_SCHEDULED,
} = temporal.api.enums.v1.EventType;

test('a run whose state is asked before any worker has decided it has no task that ends between its reserve and what follows', async () => {
  const store = createPostgresStore(setting('TEST_DATABASE_URL'), { maxConnections: 2 });
  const connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
  const client = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const budget = createBudgetClient(client, { taskQueue });
  const organizationId = await organizationWith(store, 100, { agentId: 'quick', platform: 'in_process', functionName: 'quick' });
  const keys = Array.from({ length: RUNS }, (_, index) => `key-${String(index)}`);
  const ids = keys.map((key) => invocationWorkflowId(organizationId, key));

  const admissions = keys.map((idempotencyKey) => budget.admission({ organizationId, agentId: 'quick', input: null, idempotencyKey }));
  const asked = await eventually(
    () => Promise.all(ids.map((id) => budget.describe(id).catch(() => null))),
    (all) => !all.includes(null),
  );
  expect(new Set(asked.map((found) => found?.state))).toEqual(new Set([null]));
  // And again and again, while a worker comes and decides.
  const watched = Promise.all(
    ids.map((id) =>
      eventually(
        () => budget.describe(id),
        ({ receipt, state }) => receipt !== null && state !== null,
      ),
    ),
  );
  const quick = { run: () => Promise.resolve({ output: 'done', costUsd: 0.1 }), estimateUsd: () => 0.1 };
  const harness = await startHarness({ quick }, { taskQueue });
  const [decided, found] = await Promise.all([Promise.all(admissions), watched]);
  expect(new Set(decided.map(({ status }) => status))).toEqual(new Set(['granted']));
  for (const { status, state, receipt } of found) {
    expect([status, state?.phase, receipt?.status]).toEqual(['COMPLETED', 'ended', 'completed']);
  }
  for (const id of ids) expect(await budget.result(id, AbortSignal.timeout(60_000))).toMatchObject({ status: 'completed' });
  expect(await spending(store, organizationId)).toMatchObject({ heldUsd: 0, executions: RUNS });

  // No query has had the task end in which the reserve is decided, before what follows that.
  for (const id of ids) {
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const kinds = (events ?? []).map(({ eventType }) => eventType);
    const first = kinds.slice(kinds.indexOf(UPDATE_ACCEPTED), kinds.indexOf(ACTIVITY_TASK_SCHEDULED));
    expect(first).toContain(MARKER_RECORDED);
    expect(first).not.toContain(WORKFLOW_TASK_SCHEDULED);
  }
  await harness.stop();
  await Promise.all([store.close(), connection.close()]);
});
