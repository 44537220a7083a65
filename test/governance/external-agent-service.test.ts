import { AgentFailure, type InProcessAgent } from '../../src/agents/agent';
import { BudgetExceededError, ExternalAgentService } from '../../src/governance';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

const received: unknown[] = [];
const dollar: InProcessAgent = {
  run: ({ input }) => {
    received.push(input);
    return Promise.resolve({ output: { echo: input }, costUsd: 1 });
  },
};
/** Spends its estimate and fails, so that the next try must grow its hold. */
const failing: InProcessAgent = {
  run: () => Promise.reject(new AgentFailure('AgentUnavailable', 'down', { isRetryable: true, mayHaveBeenBilled: true, costUsd: 1 })),
};
const agent = { agentId: 'agent-001', platform: 'in_process' as const, estimatedCostUsd: 1 };

let harness: Harness;
let service: ExternalAgentService;
beforeAll(async () => {
  harness = await startHarness({ dollar, failing });
  const { temporal: client, store, taskQueue } = harness;
  service = new ExternalAgentService({ client, store, taskQueue });
});
afterAll(async () => {
  await service.close();
  await harness.stop();
});

const organization = (monthlyUsd: number, functionName = 'dollar', limits = {}) =>
  organizationWith(harness.store, monthlyUsd, { ...agent, functionName }, limits);
const thrownBy = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('Nothing was thrown')),
    (error: unknown) => error,
  );

test('invoke runs the agent in a durable workflow, charges it, and answers with its output', async () => {
  const organizationId = await organization(10);
  const requestData = { input: 'Process document' };
  const result = await service.invoke({ agentId: 'agent-001', userId: 'user-001', organizationId, requestData });
  expect(result).toMatchObject({ status: 'completed', output: { echo: requestData }, chargedUsd: 1, grant: { reason: 'Within budget' } });
  expect(received).toContainEqual(requestData);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
});

test('a denial is thrown as BudgetExceededError, with the denial; the agent does not run', async () => {
  const organizationId = await organization(1.5);
  const call = { agentId: 'agent-001', organizationId, requestData: organizationId };
  await service.invoke(call);
  const ran = received.length;
  const error = await thrownBy(service.invoke(call));
  expect(error).toBeInstanceOf(BudgetExceededError);
  expect(error).toMatchObject({
    name: 'BudgetExceededError',
    message: 'Monthly budget exceeded. Remaining: $0.50, Requested: $1.00',
    denial: { code: 'monthly_cost', limit: 1.5, spent: 1, requested: 1, available: 0.5, scope: { organizationId } },
    receipt: { status: 'denied', chargedUsd: 0 },
  });
  expect(received).toHaveLength(ran);
  expect(await audit(harness.store, organizationId)).toEqual([]);
});

test('its message says "budget" whichever limit denies', async () => {
  const organizationId = await organization(10, 'dollar', { monthlyExecutions: 0 });
  const error = await thrownBy(service.invoke({ agentId: 'agent-001', organizationId, requestData: null }));
  expect(error).toMatchObject({
    message: 'Over budget. Monthly execution limit exceeded. Limit: 0',
    reason: 'Monthly execution limit exceeded. Limit: 0',
    denial: { code: 'monthly_executions' },
  });
});

test('a denial between two tries says what the first one was charged', async () => {
  const organizationId = await organization(1.5, 'failing');
  const error = await thrownBy(service.invoke({ agentId: 'agent-001', organizationId, requestData: null }));
  expect(error).toMatchObject({ name: 'BudgetExceededError', receipt: { status: 'denied', chargedUsd: 1, attempts: 1 } });
});

test('estimate, team and user reach the decision; an idempotency key makes two calls one run', async () => {
  const organizationId = await organization(10);
  const call = { agentId: 'agent-001', organizationId, requestData: null };
  expect(await thrownBy(service.invoke({ ...call, estimatedCost: 11 }))).toMatchObject({ denial: { requested: 11 } });
  const keyed = { ...call, teamId: 'red', userId: 'ann', idempotencyKey: 'order-1' };
  const results = await Promise.all([service.invoke(keyed), service.invoke(keyed)]);
  expect(results.map(({ chargedUsd }) => chargedUsd)).toEqual([1, 1]);
  expect(await spending(harness.store, organizationId)).toMatchObject({ spentUsd: 1, executions: 1 });
  expect(await thrownBy(service.invoke({ ...keyed, requestData: 'another' }))).toMatchObject({ name: 'KeyConflict' });
});

test.each<[string, object, object]>([
  ['an agent that nobody registered', { agentId: 'nobody' }, { name: 'InvocationFailed', type: 'AgentNotFound' }],
  ['an estimate of NaN', { estimatedCost: NaN }, { name: 'InvalidRequest' }],
  ['a negative estimate', { estimatedCost: -5 }, { name: 'InvalidRequest' }],
  ['an organization that is none', { organizationId: 'a b' }, { name: 'InvalidRequest' }],
  ['a field in another spelling', { user_id: 'ann' }, { name: 'InvalidRequest' }],
])('%s is an error of its own name, never a denial', async (_name, bad, error) => {
  const organizationId = await organization(10);
  const invoked = service.invoke({ agentId: 'agent-001', organizationId, requestData: null, ...bad });
  expect(await thrownBy(invoked)).toMatchObject(error);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 0 });
});

test('checkBudget answers [allowed, info] from the ledger that the workers decide by', async () => {
  const organizationId = await organization(2);
  const ask = (estimatedCost: number) => service.checkBudget({ agentId: 'agent-001', organizationId, estimatedCost });
  const [allowed, info] = await ask(2);
  expect([allowed, info]).toMatchObject([true, { allowed: true, reason: 'Within budget', remainingBudgetUsd: 2 }]);
  await service.invoke({ agentId: 'agent-001', organizationId, requestData: null });
  const [isAllowedNow, denied] = await ask(2);
  expect(isAllowedNow).toBe(false);
  expect(denied).toMatchObject({ reason: 'Monthly budget exceeded. Remaining: $1.00, Requested: $2.00', remainingBudgetUsd: 1 });
  expect(await service.checkBudget({ agentId: 'nobody', organizationId: 'nowhere', estimatedCost: 1 })).toMatchObject([true, {}]);
  await expect(ask(NaN)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

describe('with nothing but the environment', () => {
  const names = ['TEMPORAL_ADDRESS', 'DATABASE_URL'] as const;
  const before = names.map((name) => process.env[name]);
  afterEach(() => {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  test('it connects by TEMPORAL_ADDRESS and DATABASE_URL, and closes what it opened', async () => {
    process.env['TEMPORAL_ADDRESS'] = setting('TEST_TEMPORAL_ADDRESS');
    process.env['DATABASE_URL'] = setting('TEST_DATABASE_URL');
    const own = new ExternalAgentService({ taskQueue: harness.taskQueue });
    const organizationId = await organization(10);
    const call = { agentId: 'agent-001', organizationId };
    expect(await own.invoke({ ...call, requestData: null })).toMatchObject({ status: 'completed' });
    expect(await own.checkBudget({ ...call, estimatedCost: 9.5 })).toMatchObject([false, { remainingBudgetUsd: 9 }]);
    await own.close();
    await own.close();
  });

  test('checkBudget asks no ledger of its own making: it would allow everything', async () => {
    delete process.env['DATABASE_URL'];
    const own = new ExternalAgentService({ client: harness.temporal });
    const asked = own.checkBudget({ agentId: 'agent-001', organizationId: 'acme', estimatedCost: 1 });
    await expect(asked).rejects.toMatchObject({ name: 'SetupError', message: expect.stringContaining('DATABASE_URL') as unknown });
  });

  test('an outage of the ledger rejects', async () => {
    process.env['DATABASE_URL'] = 'postgresql://nobody@127.0.0.1:9/none';
    const own = new ExternalAgentService();
    const asked = own.checkBudget({ agentId: 'agent-001', organizationId: 'acme', estimatedCost: 1 });
    await expect(asked).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    await own.close();
  });
});
