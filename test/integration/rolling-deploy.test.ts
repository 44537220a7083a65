import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import type { InProcessAgent } from '../../src/agents/agent';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';

const AGENT = { agentId: 'worker', platform: 'in_process' as const, functionName: 'slow', estimatedCostUsd: 1 };
const RUNS = 30;

let next: WorkflowBundle;
beforeAll(async () => {
  const workflowsPath = path.join(__dirname, '../support/workflows-next.ts');
  const log = () => undefined;
  next = await bundleWorkflowCode({ workflowsPath, logger: { log, trace: log, debug: log, info: log, warn: log, error: log } });
});

/** An agent that takes half a second, and how often it was called. */
function slowAgent(): { slow: InProcessAgent; calls: () => number } {
  let calls = 0;
  const run = async () => {
    calls += 1;
    await pause(500);
    return { output: 'done', costUsd: 0.25 };
  };
  return { slow: { run }, calls: () => calls };
}

const startRuns = ({ budget }: Harness, organizationId: string) =>
  Promise.all(Array.from({ length: RUNS }, () => budget.start({ organizationId, agentId: 'worker', input: null })));

test('workers of the next version replace those of this one under load: every run ends on either, and no agent runs twice', async () => {
  const { slow, calls } = slowAgent();
  const taskQueue = `test-${randomUUID()}`;
  const old = await startHarness({ slow }, { taskQueue });
  const organizationId = await organizationWith(old.store, 1_000, AGENT);
  const before = await startRuns(old, organizationId);
  await eventually(
    () => Promise.resolve(calls()),
    (count) => count > 0,
  );
  const fresh = await startHarness({ slow }, { taskQueue, workflowBundle: next });
  const sideBySide = await startRuns(fresh, organizationId);
  const stopping = old.stop();
  const after = await startRuns(fresh, organizationId);
  await stopping;
  for (const { workflowId } of [...before, ...sideBySide, ...after])
    expect(await fresh.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed', chargedUsd: 0.25, attempts: 1 });
  expect(calls()).toBe(3 * RUNS);
  expect(await spending(fresh.store, organizationId)).toEqual({ spentUsd: 0.25 * 3 * RUNS, heldUsd: 0, executions: 3 * RUNS });
  expect(await audit(fresh.store, organizationId)).toEqual([]);
  await fresh.stop();
});

test('with versions of workers, runs go to the next with their next task, and nothing comes back', async () => {
  const { slow, calls } = slowAgent();
  const taskQueue = `test-${randomUUID()}`;
  const versionOf = (buildId: string) => ({ deploymentName: taskQueue, buildId });
  const old = await startHarness({ slow }, { taskQueue, version: versionOf('1') });
  await makeCurrent(old, versionOf('1'));
  const organizationId = await organizationWith(old.store, 1_000, AGENT);
  const before = await startRuns(old, organizationId);
  await eventually(
    () => Promise.resolve(calls()),
    (count) => count > 0,
  );
  const fresh = await startHarness({ slow }, { taskQueue, version: versionOf('2'), workflowBundle: next });
  const waiting = await startRuns(old, organizationId);
  await makeCurrent(old, versionOf('2'));
  const after = await startRuns(old, organizationId);
  for (const { workflowId } of [...before, ...waiting, ...after])
    expect(await old.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed', chargedUsd: 0.25, attempts: 1 });
  expect(
    await failedTasks(
      fresh,
      after.map(({ workflowId }) => workflowId),
    ),
  ).toBe(0);
  expect(calls()).toBe(3 * RUNS);
  expect(await spending(old.store, organizationId)).toEqual({ spentUsd: 0.25 * 3 * RUNS, heldUsd: 0, executions: 3 * RUNS });
  expect(await audit(old.store, organizationId)).toEqual([]);
  await Promise.all([old.stop(), fresh.stop()]);
});

/** As `temporal worker deployment set-current-version` does; its workers must have polled. */
async function makeCurrent({ temporal }: Harness, { deploymentName, buildId }: { deploymentName: string; buildId: string }): Promise<void> {
  await eventually(
    () =>
      temporal.workflowService.setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName, buildId }).then(
        () => null,
        (error: unknown) => error,
      ),
    (error) => error === null,
  );
}

async function failedTasks({ temporal }: Harness, workflowIds: readonly string[]): Promise<number> {
  const histories = await Promise.all(workflowIds.map((workflowId) => temporal.workflow.getHandle(workflowId).fetchHistory()));
  return histories.flatMap(({ events }) => events ?? []).filter((event) => (event.workflowTaskFailedEventAttributes ?? null) !== null)
    .length;
}
