import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type ActivityDependencies } from '../../activities';
import type { AgentResult } from '../../src/contract/payloads/invocation';
import { agentDefinition } from '../../src/contract/schemas/agent';
import { fromUsd } from '../../src/domain/money';
import type { Operation } from '../../src/domain/ledger';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { budgetOf, spending } from '../support/budgets';
import { collectGarbage } from '../support/garbage';

const organizationId = 'acme';
const request = { organizationId, agentId: 'worker', input: null, estimatedCostUsd: 1 };
const run = { runId: 'run', firstExecutionRunId: 'run' };
const charged = { status: 'answered', costUsd: 0.25 };

let store: BudgetStore;
let batches: Operation['kind'][][];
let activities: ReturnType<typeof createActivities>;

beforeEach(async () => {
  const memory = createMemoryStore();
  batches = [];
  const applyBatch: BudgetStore['applyBatch'] = (organization, operations) => {
    batches.push(operations.map(({ kind }) => kind));
    return memory.applyBatch(organization, operations);
  };
  store = { ...memory, applyBatch };
  await memory.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(2) }), Date.now());
  await memory.putAgent(organizationId, agentDefinition.parse({ agentId: 'worker', platform: 'in_process', functionName: 'f' }));
  const connectors = { run: () => Promise.resolve({ output: 'done', usage: null, costUsd: 0.25, costSource: 'reported' as const }) };
  activities = createActivities({ store, connectors, estimateCostUsd: () => 1 } satisfies ActivityDependencies);
  await new MockActivityEnvironment().run(activities.reserveForAgent, request, { key: 'key', at: Date.now(), run });
  batches = [];
});

const attempt = (number: number, settles?: boolean): Promise<AgentResult> =>
  new MockActivityEnvironment({ attempt: number, currentAttemptScheduledTimestampMs: Date.now() }).run(
    activities.executeAgent,
    request,
    'key',
    ...(settles === undefined ? [] : [{ settles }]),
  );

test('an answer is charged and its hold settled in one transaction, where nothing else is done under the hold', async () => {
  expect(await attempt(1, true)).toMatchObject({ ...charged, hold: { state: 'committed', heldUsd: 0, chargedUsd: 0.25, attempts: 1 } });
  expect(batches).toEqual([['startAttempt'], ['finishAttempt', 'settle']]);
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.25, heldUsd: 0, executions: 1 });
});

test.each([undefined, false])('told nothing of that (%s), the hold stays for what comes next', async (settles) => {
  const answer = await attempt(1, settles);
  expect(answer).toMatchObject(charged);
  expect(answer).not.toHaveProperty('hold');
  expect(batches).toEqual([['startAttempt'], ['finishAttempt']]);
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.25, heldUsd: 0.75, executions: 1 });
});

test('a try after an answer that was settled and lost is decided anew, and charged: nothing runs for free, nothing stays held', async () => {
  await attempt(1, true);
  expect(await attempt(2, true)).toMatchObject({ ...charged, hold: { state: 'committed', chargedUsd: 0.5, attempts: 2 } });
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 2 });
  // Beyond the budget it does not run.
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(1) }), Date.now());
  expect(await attempt(3, true)).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost' } });
  expect(await audit(store, organizationId)).toEqual([]);
});

test('an agent that hangs is given up at its time-out, whatever is collected meanwhile', async () => {
  await store.putAgent(
    organizationId,
    agentDefinition.parse({ agentId: 'worker', platform: 'in_process', functionName: 'f', timeoutMs: 1_000 }),
  );
  const hang: ActivityDependencies['connectors']['run'] = (_agent, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  activities = createActivities({ store, connectors: { run: hang }, estimateCostUsd: () => 1 } satisfies ActivityDependencies);
  const stop = collectGarbage();
  await expect(attempt(1).finally(stop)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await spending(store, organizationId)).toMatchObject({ spentUsd: 1 });
});
