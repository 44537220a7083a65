import { randomUUID } from 'node:crypto';
import { AgentFailure, type InProcessAgent } from '../../src/agents/agent';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';

const TTL_MS = 2_000;

/** Its first try costs $0.50 and asks to come back in 4 s, after all workers have gone; the second costs $0.25. */
function returning(): { agent: InProcessAgent; tries: () => number } {
  let tries = 0;
  const run = () => {
    tries += 1;
    if (tries > 1) return Promise.resolve({ output: 'done', costUsd: 0.25 });
    throw new AgentFailure('AgentRateLimited', 'come back later', {
      isRetryable: true,
      mayHaveBeenBilled: false,
      costUsd: 0.5,
      retryAfterMs: 4_000,
    });
  };
  return { agent: { run }, tries: () => tries };
}

async function leaveAfterFirstTry(monthlyUsd: number) {
  const { agent, tries } = returning();
  const taskQueue = `test-${randomUUID()}`;
  const first = await startHarness({ returning: agent }, { taskQueue });
  const definition = { agentId: 'worker', platform: 'in_process' as const, functionName: 'returning', estimatedCostUsd: 1 };
  const organizationId = await organizationWith(first.store, monthlyUsd, definition);
  const { workflowId } = await first.budget.start({ organizationId, agentId: 'worker', input: null, ttlMs: TTL_MS });
  await eventually(
    () => spending(first.store, organizationId),
    ({ spentUsd }) => spentUsd === 0.5,
  );
  await first.stop();
  await new Promise((resolve) => setTimeout(resolve, TTL_MS + 500));
  const second = await startHarness({ returning: agent }, { taskQueue });
  return { second, organizationId, workflowId, tries };
}

test('all workers down for longer than the TTL: the next try is decided anew, under a hold of its own', async () => {
  const { second, organizationId, workflowId } = await leaveAfterFirstTry(10);
  expect(await second.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed', chargedUsd: 0.75, attempts: 2 });
  expect(await spending(second.store, organizationId)).toEqual({ spentUsd: 0.75, heldUsd: 0, executions: 2 });
  expect(await audit(second.store, organizationId)).toEqual([]);
  await second.stop();
});

test('and where the budget has gone meanwhile, no agent runs without a hold: the run ends denied, with what it had cost', async () => {
  const { second, organizationId, workflowId, tries } = await leaveAfterFirstTry(1.25);
  expect(await second.temporal.workflow.result(workflowId)).toMatchObject({
    status: 'denied',
    chargedUsd: 0.5,
    denial: { code: 'monthly_cost', available: 0.75, requested: 1 },
  });
  expect(tries()).toBe(1);
  expect(await spending(second.store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
  await second.stop();
});

test('a worker that shuts down stops its agent, charges what it says it cost, and another worker tries again (a graceful stop loses usage)', async () => {
  let tries = 0;
  const stoppable: InProcessAgent = {
    run: ({ signal }) => {
      tries += 1;
      if (tries > 1) return Promise.resolve({ output: 'done', costUsd: 0.25 });
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new AgentFailure('AgentFailed', 'stopped', { isRetryable: false, mayHaveBeenBilled: true, costUsd: 0.5 }));
        });
      });
    },
  };
  const taskQueue = `test-${randomUUID()}`;
  const first = await startHarness({ stoppable }, { taskQueue });
  const definition = { agentId: 'worker', platform: 'in_process' as const, functionName: 'stoppable', estimatedCostUsd: 1 };
  const organizationId = await organizationWith(first.store, 10, definition);
  const { workflowId } = await first.budget.start({ organizationId, agentId: 'worker', input: null });
  await eventually(
    () => Promise.resolve(tries),
    (count) => count === 1,
  );
  await first.stop();
  const second = await startHarness({ stoppable }, { taskQueue });
  expect(await second.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed', chargedUsd: 0.75, attempts: 2 });
  expect(await spending(second.store, organizationId)).toEqual({ spentUsd: 0.75, heldUsd: 0, executions: 1 });
  await second.stop();
});

test('an activity that an operator reset is charged for the try before and the try after', async () => {
  let tries = 0;
  const patient: InProcessAgent = {
    run: () => {
      tries += 1;
      if (tries > 1) return Promise.resolve({ output: 'done', costUsd: 0.25 });
      throw new AgentFailure('AgentRateLimited', 'come back in an hour', {
        isRetryable: true,
        mayHaveBeenBilled: false,
        costUsd: 0.5,
        retryAfterMs: 3_600_000,
      });
    },
  };
  const harness = await startHarness({ patient });
  const definition = { agentId: 'worker', platform: 'in_process' as const, functionName: 'patient', estimatedCostUsd: 1 };
  const organizationId = await organizationWith(harness.store, 10, definition);
  const { workflowId } = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
  await eventually(
    () => spending(harness.store, organizationId),
    ({ spentUsd }) => spentUsd === 0.5,
  );
  const { workflowService } = harness.temporal;
  await eventually(
    async () =>
      (await workflowService.describeWorkflowExecution({ namespace: 'default', execution: { workflowId } })).pendingActivities[0]?.attempt,
    (attempt) => attempt === 2,
  );
  await workflowService.resetActivity({ namespace: 'default', execution: { workflowId }, type: 'executeAgent' });
  expect(await harness.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed', chargedUsd: 0.75, attempts: 2 });
  await harness.stop();
});
