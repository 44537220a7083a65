import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { InProcessAgent } from '../../src/agents/agent';
import type { InvocationFailed } from '../../src/client';
import { agentDefinition } from '../../src/contract/schemas/agent';
import { organizationWith, spending } from '../support/budgets';
import { startHarness, type Harness } from '../support/harness';

const dollar: InProcessAgent = { run: () => Promise.resolve({ output: 'done', costUsd: 1 }) };
const agent = { agentId: 'worker', platform: 'in_process' as const, estimatedCostUsd: 1 };
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ dollar });
});
afterAll(() => harness.stop());

const organization = (functionName: string, monthlyUsd = 50) => organizationWith(harness.store, monthlyUsd, { ...agent, functionName });

test.each([
  ['NaN', { estimatedCostUsd: Number.NaN }],
  ['a negative estimate', { estimatedCostUsd: -5 }],
  ['Infinity', { estimatedCostUsd: Infinity }],
  ['an over-long id', { userId: 'u'.repeat(201) }],
  ['a 3 MB input', { input: 'x'.repeat(3_000_000) }],
  ['an input that is too deep', { input: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown }],
  ['a field that would be lost', { input: JSON.parse('{"__proto__":{"x":1}}') as unknown }],
  ['metadata whose field would be lost', { metadata: JSON.parse('{"__proto__":1}') as Record<string, number> }],
  ['an estimate that no call can have', { estimatedCostUsd: 1_000_001 }],
])('%s is refused by name before anything starts, and changes nothing', async (_name, bad) => {
  const organizationId = await organization('dollar');
  await expect(harness.budget.invoke({ organizationId, agentId: 'worker', input: null, ...bad })).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 0 });
});

test.each([
  ['an unknown agent', { agentId: 'nobody' }, 'AgentNotFound'],
  ['NaN past the client', { agentId: 'worker', estimatedCostUsd: Number.NaN }, 'InvalidRequest'],
  ['a negative estimate past the client', { agentId: 'worker', estimatedCostUsd: -1 }, 'InvalidRequest'],
])('%s fails the run by name, and changes nothing', async (name, bad: object, type) => {
  const organizationId = await organization('dollar');
  const args: unknown[] = [{ organizationId, input: null, ...bad }];
  const run = harness.temporal.workflow.execute('agentInvocation', {
    workflowId: `bad/${organizationId}/${name}`,
    taskQueue: harness.taskQueue,
    args,
  });
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect((error as WorkflowFailedError).cause).toHaveProperty('type', type);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 0 });
});

test.each([
  ['an unknown agent', { agentId: 'nobody' }, 'AgentNotFound'],
  ['a key that another body has settled', { idempotencyKey: 'taken' }, 'KeyConflict'],
])('admission, too, names %s', async (_name, bad, name) => {
  const organizationId = await organization('dollar');
  const other = {
    workflowId: `other/${organizationId}`,
    taskQueue: harness.taskQueue,
    args: [{ organizationId, agentId: 'worker', input: 1, idempotencyKey: 'taken' }],
  };
  await harness.temporal.workflow.execute('agentInvocation', other);
  const refused = await harness.budget.admission({ organizationId, agentId: 'worker', input: 2, ...bad }).catch((error: unknown) => error);
  expect([(refused as InvocationFailed).type, (refused as Error).name]).toContain(name);
});

test.each([
  ['nothing at all', []],
  ['null', [null]],
  ['no organization', [{ agentId: 'worker', input: null }]],
  ['an id that is too long for a search attribute', [{ organizationId: 'o'.repeat(3_000), agentId: 'worker', input: null }]],
])('a run that was started with %s fails by name and does not go on for ever', async (_name, args: unknown[]) => {
  const run = harness.temporal.workflow.execute('agentInvocation', {
    workflowId: `bad/${randomUUID()}`,
    taskQueue: harness.taskQueue,
    args,
  });
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect((error as WorkflowFailedError).cause).toHaveProperty('type', 'InvalidRequest');
});

test('the longest ids that are allowed can be invoked', async () => {
  const agentId = 'a'.repeat(200);
  const organizationId = `${await organization('dollar')}${'o'.repeat(150)}`.slice(0, 200);
  const definition = { agentId, platform: 'in_process' as const, functionName: 'dollar', estimatedCostUsd: 1, model: 'm'.repeat(200) };
  await harness.store.putAgent(organizationId, agentDefinition.parse(definition));
  expect(await harness.budget.invoke({ organizationId, agentId, input: null })).toMatchObject({ status: 'completed', chargedUsd: 1 });
});
