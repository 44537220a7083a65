import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { BudgetOutcome } from '../../src/contract/payloads/budgeted-work';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { resetRun } from '../support/reset-run';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const organization = (monthlyUsd = 10) => organizationWith(harness.store, monthlyUsd);

function run(workflow: string, args: unknown[], options: object = {}): Promise<BudgetOutcome<string>> {
  const start = { workflowId: `${workflow}/${randomUUID()}`, taskQueue: harness.taskQueue, args, ...options };
  return harness.temporal.workflow.execute<(...args: unknown[]) => Promise<BudgetOutcome<string>>>(workflow, start);
}

test.each([
  ['the actual cost is committed', 0.4, 0.4, false],
  ['vector 37, commit 0: charged 0, not the estimate', 0, 0, false],
  ['vector 38, cost unknown: settled at the estimate and flagged, never 0', null, 1, true],
  ['vector 31, above the hold: all is charged and the overage recorded', 3, 3, false],
])('%s', async (_name, costUsd, chargedUsd, isUnconfirmed) => {
  const organizationId = await organization();
  const outcome = await run('budgetedWork', [{ organizationId, estimatedCostUsd: 1 }, costUsd]);
  expect(outcome).toMatchObject({
    status: 'completed',
    value: 'done',
    hold: { chargedUsd, isUnconfirmed, overageUsd: Math.max(0, chargedUsd - 1), state: 'committed' },
  });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: chargedUsd, heldUsd: 0, executions: 1 });
});

test('a denial is a value, and the work does not run', async () => {
  const organizationId = await organization(0.5);
  const outcome = await run('budgetedWork', [{ organizationId, estimatedCostUsd: 1 }, 1]);
  expect(outcome).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost', requested: 1, available: 0.5 } });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 0 });
});

test.each([
  ['its own key', undefined],
  ["the caller's key", 'retried'],
])("under %s, a workflow with a retry policy pays for each run; none rides on an earlier one's settlement", async (_name, key) => {
  const organizationId = await organization();
  const request = { organizationId, estimatedCostUsd: 1, ...(key === undefined ? {} : { key }) };
  const outcome = await run('failingWork', [request, 0.5, 2], { retry: { initialInterval: '10ms', maximumAttempts: 3 } });
  expect(outcome.status).toBe('completed');
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1.5, heldUsd: 0, executions: 3 });
  expect(await audit(harness.store, organizationId)).toEqual([]);
});

describe('a key of the caller', () => {
  test('that another workflow is at: its work does not run a second time', async () => {
    const organizationId = await organization();
    const request = { organizationId, estimatedCostUsd: 1, key: 'once' };
    const start = { workflowId: `sleepyWork/${randomUUID()}`, taskQueue: harness.taskQueue, args: [request] };
    const first = await harness.temporal.workflow.start('sleepyWork', start);
    await eventually(
      () => spending(harness.store, organizationId),
      ({ heldUsd }) => heldUsd === 1,
    );
    expect(await run('budgetedWork', [request, 0.5])).toMatchObject({ status: 'replayed', hold: { state: 'held', chargedUsd: 0 } });
    expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 1, executions: 1 });
    await first.cancel();
    await expect(first.result()).rejects.toThrow(WorkflowFailedError);
    expect(await run('budgetedWork', [request, 0.5])).toMatchObject({ status: 'replayed', hold: { state: 'committed', chargedUsd: 1 } });
    expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
  });

  test('for which many workflows race: one runs', async () => {
    const organizationId = await organization();
    const request = { organizationId, estimatedCostUsd: 1, key: 'raced' };
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => run('budgetedWork', [request, 0.5])));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['completed', ...Array<string>(9).fill('replayed')]);
    expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
  });

  test('that the same run is at: a named failure, and the work under way is charged once', async () => {
    const organizationId = await organization();
    const outcomes = await harness.temporal.workflow.execute<(...args: unknown[]) => Promise<unknown>>('doubledWork', {
      workflowId: `doubledWork/${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ organizationId, estimatedCostUsd: 1, key: 'doubled' }, 0.5],
    });
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { status: 'completed' } },
      { status: 'rejected', reason: { type: 'KeyConflict' } },
    ]);
    expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
  });
});

test('vector 41, a failure that names no cost: 0', async () => {
  const organizationId = await organization();
  await expect(run('brokenWork', [{ organizationId, estimatedCostUsd: 1 }])).rejects.toThrow(WorkflowFailedError);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 1 });
});

describe('work that is cut off', () => {
  type Ends = 'cancel' | 'terminate' | 'timeout';
  let balances: Record<Ends, Promise<Awaited<ReturnType<typeof spending>>>>;
  // All at once, since the last two wait for maintenance, which comes by every minute.
  beforeAll(async () => {
    balances = { cancel: balanceAfter('cancel'), terminate: balanceAfter('terminate'), timeout: balanceAfter('timeout') };
    await Promise.allSettled(Object.values(balances));
  });

  async function balanceAfter(how: Ends) {
    const organizationId = await organization();
    const options = how === 'timeout' ? { workflowRunTimeout: '2s' as const } : {};
    const workflowId = `sleepyWork/${randomUUID()}`;
    const args = [{ organizationId, estimatedCostUsd: 1, ttlMs: 3_000 }];
    const handle = await harness.temporal.workflow.start('sleepyWork', { workflowId, taskQueue: harness.taskQueue, args, ...options });
    await eventually(
      () => spending(harness.store, organizationId),
      ({ heldUsd }) => heldUsd === 1,
    );
    if (how === 'cancel') await handle.cancel();
    if (how === 'terminate') await handle.terminate();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    return eventually(
      () => spending(harness.store, organizationId),
      ({ heldUsd }) => heldUsd === 0,
    );
  }

  test.each([
    ['cancelled while it works: the estimate, flagged', 'cancel'],
    ['terminated: its hold ends with its TTL, at the estimate, flagged', 'terminate'],
    ['timed out as a run: the same', 'timeout'],
  ] as const)('%s', async (_name, how) => {
    expect(await balances[how]).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
  });
});

test('a run that was reset to before its work pays for the repeated work too', async () => {
  const organizationId = await organization();
  const workflowId = `budgetedWork/${randomUUID()}`;
  const args = [{ organizationId, estimatedCostUsd: 1 }, 0.5];
  const handle = await harness.temporal.workflow.start('budgetedWork', { workflowId, taskQueue: harness.taskQueue, args });
  await handle.result();
  await resetRun(harness.temporal, workflowId);
  await harness.temporal.workflow.result(workflowId);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 2 });
});

test.each([
  ['no organization', {}],
  ['an organization id that no ledger can hold', { organizationId: 'a\0b' }],
  ['an organization id that is none', { organizationId: 'bad org!' }],
  ['NaN', { organizationId: 'acme', estimatedCostUsd: Number.NaN }],
])('a request with %s is refused by name, at once, and leaves nothing behind', async (_name, bad) => {
  const refused = await run('budgetedWork', [{ estimatedCostUsd: 1, ...bad }, 1]).catch((error: unknown) => error);
  expect((refused as WorkflowFailedError).cause).toHaveProperty('type', 'InvalidRequest');
  expect(await harness.store.organizations()).not.toContain('bad org!');
});
