import { setTimeout as sleep } from 'node:timers/promises';
import { InvocationFailed } from '../../src/client';
import { audit } from '../../src/store/audit';
import { serve, type Served } from '../agents/serve';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    patient: {
      run: async () => {
        await sleep(200);
        return { output: 'done', costUsd: 0.5 };
      },
    },
  });
});
afterAll(() => harness.stop());

const patient = { agentId: 'worker', platform: 'in_process' as const, functionName: 'patient', estimatedCostUsd: 1 };

test.each([0, 5, 10, 20, 40, 80])(
  'cancelled %i ms after its start, before or within the agent: nothing stays held, what it cost is charged',
  async (afterMs) => {
    const organizationId = await organizationWith(harness.store, 10, patient);
    const started = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
    await sleep(afterMs);
    await harness.budget.cancel(started.workflowId);
    const ended = await started.result().catch((error: unknown) => error);
    const receipt = ended instanceof InvocationFailed ? ended.receipt : ended;
    expect(receipt).toMatchObject({ organizationId });
    const { chargedUsd } = receipt as { chargedUsd: number };
    const { spentUsd, heldUsd } = await eventually(
      () => spending(harness.store, organizationId),
      (now) => now.heldUsd === 0,
    );
    expect({ spentUsd, heldUsd }).toEqual({ spentUsd: chargedUsd, heldUsd: 0 });
    expect(await audit(harness.store, organizationId)).toEqual([]);
  },
);

test('cancelled after its end: nothing changes', async () => {
  const organizationId = await organizationWith(harness.store, 10, patient);
  const started = await harness.budget.start({ organizationId, agentId: 'worker', input: null });
  await started.result();
  await harness.budget.cancel(started.workflowId).catch(() => undefined);
  expect(await started.result()).toMatchObject({ status: 'completed', chargedUsd: 0.5 });
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
});

describe('vector 42, an answer that could not be read is charged at the estimate, flagged', () => {
  let body = '';
  let server: Served;
  beforeAll(async () => {
    server = await serve((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  });
  afterAll(() => server.close());

  test.each([
    ['malformed JSON', '{"output": '],
    ['HTML', '<!doctype html><h1>Sign in</h1>'],
    ['nothing', ''],
  ])('%s', async (_name, answered) => {
    body = answered;
    const organizationId = await organizationWith(harness.store, 10, {
      agentId: 'worker',
      platform: 'custom_rest_api',
      endpoint: server.url,
      estimatedCostUsd: 1,
    });
    const failure = await harness.budget.invoke({ organizationId, agentId: 'worker', input: null }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'AgentAnswerUnreadable', receipt: { chargedUsd: 1, isUnconfirmed: true } });
    expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
  });
});
