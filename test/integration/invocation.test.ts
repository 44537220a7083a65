import { AgentFailure, type InProcessAgent } from '../../src/agents/agent';
import { InvocationFailed } from '../../src/client';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { resetRun } from '../support/reset-run';

const answers = (costUsd: number): InProcessAgent => ({ run: () => Promise.resolve({ output: 'done', costUsd }) });
const calls = new Map<string, number>();

/** Spends and fails as often as its input says, then succeeds. */
const flaky: InProcessAgent = {
  run: ({ input, idempotencyKey }) => {
    const { failures, isRetryable } = input as { failures: number; isRetryable: boolean };
    const n = (calls.get(idempotencyKey) ?? 0) + 1;
    calls.set(idempotencyKey, n);
    if (n > failures) return Promise.resolve({ output: 'done', costUsd: 0.25 });
    throw new AgentFailure('AgentUnavailable', 'upstream said 503', { isRetryable, mayHaveBeenBilled: false, costUsd: 0.5 });
  },
};

/** Runs until it is stopped, and then tells what it cost, if its input says so. */
const endless: InProcessAgent = {
  run: ({ organizationId, signal, input }) =>
    new Promise((_resolve, reject) => {
      calls.set(organizationId, 1);
      signal.addEventListener('abort', () => {
        const costUsd = (input as { costUsd?: number }).costUsd;
        reject(
          costUsd === undefined
            ? (signal.reason as Error)
            : new AgentFailure('AgentFailed', 'stopped', { isRetryable: false, mayHaveBeenBilled: true, costUsd }),
        );
      });
    }),
};

const agent = { agentId: 'worker', platform: 'in_process' as const, estimatedCostUsd: 1 };
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({
    dollar: answers(1),
    flaky,
    endless,
    large: { run: () => Promise.resolve({ output: 'x'.repeat(1_100_000), costUsd: 0.1 }) },
  });
});
afterAll(() => harness.stop());

const organization = (functionName: string, monthlyUsd = 50) => organizationWith(harness.store, monthlyUsd, { ...agent, functionName });

// Before that, a cancelled run costs nothing.
const untilItRuns = (organizationId: string) =>
  eventually(
    () => Promise.resolve(calls.has(organizationId)),
    (isRunning) => isRunning,
  );

test('vector 24, 200 concurrent invocations of $1 on $50: exactly 50 run, 150 get a complete denial', async () => {
  const organizationId = await organization('dollar');
  const results = await Promise.all(
    Array.from({ length: 200 }, () => harness.budget.invoke({ organizationId, agentId: 'worker', input: null })),
  );
  const denied = results.filter(({ status }) => status === 'denied');
  expect(results.filter(({ status }) => status === 'completed')).toHaveLength(50);
  expect(denied).toHaveLength(150);
  for (const { denial } of denied) {
    expect(denial).toMatchObject({
      code: 'monthly_cost',
      level: 'organization',
      limit: 50,
      requested: 1,
      available: 0,
      scope: { organizationId },
    });
    expect((denial?.spent ?? 0) + (denial?.held ?? 0)).toBe(50);
    expect(Date.parse(denial?.resetsAt ?? '')).toBeGreaterThan(Date.now());
  }
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 50, heldUsd: 0, executions: 50 });
  expect(await audit(harness.store, organizationId)).toEqual([]);
});

test('an agent that spends, fails, is retried and succeeds is charged for both tries, each once', async () => {
  const organizationId = await organization('flaky');
  const receipt = await harness.budget.invoke({ organizationId, agentId: 'worker', input: { failures: 1, isRetryable: true } });
  expect(receipt).toMatchObject({ status: 'completed', chargedUsd: 0.75, attempts: 2, isUnconfirmed: false });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.75, heldUsd: 0, executions: 1 });
});

test('an agent that spends and fails for good is charged its known cost', async () => {
  const organizationId = await organization('flaky');
  const failure = await harness.budget
    .invoke({ organizationId, agentId: 'worker', input: { failures: 9, isRetryable: false } })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InvocationFailed);
  expect(failure).toMatchObject({ type: 'AgentUnavailable', receipt: { status: 'failed', chargedUsd: 0.5, attempts: 1 } });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
});

test.each([
  ['that names its cost', { costUsd: 0.3 }, 0.3, false],
  ['of which nobody knows the cost', {}, 1, true],
])('cancelling an agent %s charges it', async (_name, input, chargedUsd, isUnconfirmed) => {
  const organizationId = await organization('endless');
  const started = await harness.budget.start({ organizationId, agentId: 'worker', input });
  await untilItRuns(organizationId);
  await harness.budget.cancel(started.workflowId);
  const failure = await started.result().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InvocationFailed);
  expect((failure as InvocationFailed).receipt).toMatchObject({ status: 'cancelled', chargedUsd, isUnconfirmed });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: chargedUsd, heldUsd: 0, executions: 1 });
});

test('terminated: nothing settles the run, and its hold ends with its TTL, charged as unconfirmed', async () => {
  const organizationId = await organization('endless', 1);
  const started = await harness.budget.start({ organizationId, agentId: 'worker', input: {}, ttlMs: 4_000 });
  await untilItRuns(organizationId);
  await harness.temporal.workflow.getHandle(started.workflowId).terminate('test');
  await expect(started.result()).rejects.toThrow(InvocationFailed);
  // The activity learns of the end by its heartbeat and charges its attempt, or the expiry does.
  await eventually(
    () => spending(harness.store, organizationId),
    ({ spentUsd, heldUsd }) => spentUsd === 1 && heldUsd === 0,
  );
  expect(await audit(harness.store, organizationId)).toEqual([]);
});

test('an idempotency key makes retries one run, also after the end, and with another body a named conflict', async () => {
  const organizationId = await organization('dollar');
  const request = { organizationId, agentId: 'worker', input: { n: 1 }, idempotencyKey: 'order-1' };
  const results = await Promise.all([harness.budget.invoke(request), harness.budget.invoke(request)]);
  expect(results.map(({ chargedUsd }) => chargedUsd)).toEqual([1, 1]);
  expect(await harness.budget.invoke(request)).toMatchObject({ status: 'completed', chargedUsd: 1 });
  expect(await harness.budget.admission(request)).toMatchObject({ status: 'granted' });
  await expect(harness.budget.invoke({ ...request, input: { n: 2 } })).rejects.toMatchObject({ name: 'KeyConflict' });
  await expect(harness.budget.admission({ ...request, input: { n: 2 } })).rejects.toMatchObject({ name: 'KeyConflict' });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
});

test('a key outlives its run: another workflow that meets it answers with the stored receipt, and no agent runs', async () => {
  const organizationId = await organization('dollar');
  const request = { organizationId, agentId: 'worker', input: null, idempotencyKey: 'order-2' };
  await harness.budget.invoke(request);
  // What a start after the history's retention is: the same request, another run.
  const again = { workflowId: `again/${organizationId}`, taskQueue: harness.taskQueue, args: [request] };
  expect(await harness.temporal.workflow.execute('agentInvocation', again)).toMatchObject({
    status: 'replayed',
    chargedUsd: 1,
    output: null,
  });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
});

test('admission answers early: granted while the agent still runs, denied with the denial', async () => {
  const organizationId = await organization('endless', 1);
  const request = { organizationId, agentId: 'worker', input: { costUsd: 0 } };
  const granted = await harness.budget.admission(request);
  expect(granted).toMatchObject({ status: 'granted', reservedUsd: 1 });
  expect(await harness.budget.admission(request)).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost', held: 1 } });
  await harness.budget.cancel(granted.workflowId);
});

test('an output over 1 MB is refused by name, and what it cost is charged', async () => {
  const organizationId = await organization('large');
  const failure = await harness.budget.invoke({ organizationId, agentId: 'worker', input: null }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'AgentOutputTooLarge', receipt: { chargedUsd: 0.1 } });
});

test('runs are found by organization, agent and outcome', async () => {
  const organizationId = await organization('dollar');
  await harness.budget.invoke({ organizationId, agentId: 'worker', input: null });
  const query = `AgentBudgetOrganization = '${organizationId}' AND AgentBudgetAgent = 'worker' AND AgentBudgetOutcome = 'completed'`;
  const found = await eventually(
    () => listed(query),
    (runs) => runs.length === 1,
  );
  expect(found[0]?.memo?.['agentBudgetReceipt']).toMatchObject({ status: 'completed', chargedUsd: 1 });
});

async function listed(query: string): Promise<{ memo?: Record<string, unknown> | undefined }[]> {
  const runs = [];
  for await (const run of harness.temporal.workflow.list({ query })) runs.push(run);
  return runs;
}

test('a finished run that was reset to before its agent is charged for the repeated work too', async () => {
  const organizationId = await organization('dollar');
  const { workflowId } = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
  await harness.temporal.workflow.result(workflowId);
  await resetRun(harness.temporal, workflowId);
  expect(await harness.temporal.workflow.result(workflowId)).toMatchObject({ status: 'completed' });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 2, heldUsd: 0, executions: 2 });
  expect(await audit(harness.store, organizationId)).toEqual([]);
});
