import { alertWorkflowId } from '../../src/contract/names/workflows';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { MAINTENANCE_WORKFLOW_ID } from '../../src/contract/names/workflows';
import { AgentFailure } from '../../src/agents/agent';
import { createAlertClient } from '../../src/client';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { alertingBudget, startReceivers, status } from '../support/alerting';
import { organizationWith } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

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

test.each([
  ['completed', 'dollar', 10],
  ['denied', 'dollar', 0.5],
  ['failed', 'broken', 10],
])('the history of a %s run replays', async (_outcome, functionName, monthlyUsd) => {
  const agent = { agentId: 'worker', platform: 'in_process' as const, functionName, estimatedCostUsd: 1 };
  const organizationId = await organizationWith(harness.store, monthlyUsd, agent);
  const started = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
  await started.result().catch(() => undefined);
  await replay(started.workflowId);
});

test('a history of when a run settled its own hold, before the activity did, replays', async () => {
  const history: unknown = JSON.parse(readFileSync(path.join(__dirname, '../fixtures/histories/settled-by-its-workflow.json'), 'utf8'));
  await expect(Worker.runReplayHistory({ workflowBundle: bundle() }, history)).resolves.toBeUndefined();
});

test('the histories of a monthly reset, its pages and maintenance replay', async () => {
  const { temporal, taskQueue } = harness;
  const workflowId = randomUUID();
  const reset = await temporal.workflow.start('monthlyReset', { workflowId, taskQueue, args: [] });
  await reset.result();
  await replay(workflowId);
  await replay(`${workflowId}/${reset.firstExecutionRunId}`);
  await replay(`${MAINTENANCE_WORKFLOW_ID}/${taskQueue}`);
});

test('the histories of an alert, with a channel that failed and was sent again, and of an alert test replay', async () => {
  const receivers = await startReceivers();
  try {
    const budget = await alertingBudget(harness.store, receivers, { emailRecipients: [], cooldownMinutes: 0 });
    const name = { organizationId: budget.organizationId, budgetId: 'monthly' };
    const alerts = createAlertClient(harness.temporal, harness);
    budget.answer(status(400));
    await budget.charge(60, Date.now());
    await createAlertPokes(harness.temporal, harness.taskQueue)(name.organizationId, name.budgetId);
    const [alert] = await eventually(budget.alerts, ([first]) => first?.deliveries[0]?.state === 'failed');
    budget.answer(status(200));
    await alerts.sendAgain({ ...name, alertId: alert?.alertId ?? 0, channel: 'webhook' });
    await eventually(budget.alerts, ([first]) => first?.deliveries[0]?.state === 'sent');
    await replay(alertWorkflowId(name.organizationId, 'monthly', harness.taskQueue));
    const workflowId = randomUUID();
    await harness.temporal.workflow.execute('alertTest', { workflowId, taskQueue: harness.taskQueue, args: [name] });
    await replay(workflowId);
  } finally {
    await receivers.close();
  }
});

const bundle = () => ({ code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') });

async function replay(workflowId: string): Promise<void> {
  const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
  await expect(Worker.runReplayHistory({ workflowBundle: bundle() }, history, workflowId)).resolves.toBeUndefined();
}
