import { randomUUID } from 'node:crypto';
import { AgentFailure } from '../../src/agents/agent';
import { organizationWith } from '../support/budgets';
import { startHarness, type Harness } from '../support/harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    dollar: { run: () => Promise.resolve({ output: 'done', costUsd: 1 }) },
    broken: {
      run: () => {
        throw new AgentFailure('AgentRejected', 'no', { isRetryable: false, mayHaveBeenBilled: false });
      },
    },
  });
});
afterAll(() => harness.stop());

const organization = (monthlyUsd: number, functionName: string) =>
  organizationWith(harness.store, monthlyUsd, { agentId: 'worker', platform: 'in_process', functionName, estimatedCostUsd: 1 });

/** What happened in a run, in the names of the API without their common ending. */
async function eventsOf(workflowId: string): Promise<string[]> {
  const { events } = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => Object.keys(event).flatMap((name) => /^(.+)EventAttributes$/.exec(name)?.[1] ?? []));
}

const workflowTask = ['workflowTaskScheduled', 'workflowTaskStarted', 'workflowTaskCompleted'];
const activity = (ending: 'Completed' | 'Failed') => ['activityTaskScheduled', 'activityTaskStarted', `activityTask${ending}`];
const begun = ['workflowExecutionStarted', ...workflowTask];
/** A local activity: one event, whatever it did. */
const local = 'markerRecorded';
const shown = 'upsertWorkflowSearchAttributes';
const endShown = [shown, 'workflowPropertiesModified'];

// Each event is a row in the server's database, is kept for as long as the run is, and is read again by whoever replays it.
test.each([
  [
    'completed: 4 more than without a budget',
    10,
    'dollar',
    [...begun, shown, local, ...activity('Completed'), ...workflowTask, ...endShown, 'workflowExecutionCompleted'],
    15,
  ],
  ['denied', 0.5, 'dollar', [...begun, shown, local, ...endShown, 'workflowExecutionCompleted'], 9],
  [
    'failed, which it settles itself',
    10,
    'broken',
    [...begun, shown, local, ...activity('Failed'), ...workflowTask, local, ...endShown, 'workflowExecutionFailed'],
    16,
  ],
])('an invocation that %s has no event too many', async (_outcome, monthlyUsd, functionName, events, count) => {
  const organizationId = await organization(monthlyUsd, functionName);
  const started = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
  await started.result().catch(() => undefined);
  expect(await eventsOf(started.workflowId)).toEqual(events);
  expect(events).toHaveLength(count);
});

test('an admission adds its own two events', async () => {
  const organizationId = await organization(10, 'dollar');
  const { workflowId } = await harness.budget.admission({ organizationId, agentId: 'worker', input: null });
  await harness.temporal.workflow.result(workflowId);
  const events = await eventsOf(workflowId);
  expect(events.filter((name) => name.startsWith('workflowExecutionUpdate'))).toEqual([
    'workflowExecutionUpdateAccepted',
    'workflowExecutionUpdateCompleted',
  ]);
  expect(events).toHaveLength(17);
});

test.each([
  [
    'completed: 2 more than without',
    10,
    [...begun, local, ...activity('Completed'), ...workflowTask, local, 'workflowExecutionCompleted'],
    13,
  ],
  ['denied', 0.5, [...begun, local, 'workflowExecutionCompleted'], 6],
])('work under withBudget that %s has no event too many', async (_outcome, monthlyUsd, events, count) => {
  const organizationId = await organization(monthlyUsd, 'dollar');
  const workflowId = `budgetedWork/${randomUUID()}`;
  const args = [{ organizationId, estimatedCostUsd: 1 }, 1];
  await harness.temporal.workflow.execute('budgetedWork', { workflowId, taskQueue: harness.taskQueue, args });
  expect(await eventsOf(workflowId)).toEqual(events);
  expect(events).toHaveLength(count);
});
