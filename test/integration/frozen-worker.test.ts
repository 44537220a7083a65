import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { withAttempt } from '../../activities';
import type { BudgetOutcome } from '../../src/contract/payloads/budgeted-work';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';

/** Tries that the worker was handed, and has not begun. */
let frozen: { wake: () => void; ended: Promise<unknown> }[] = [];
let freezes: (attempt: number) => boolean;
let calls = 0;
let harness: Harness;

/** What a process that is stopped does with a task that it had just been handed: nothing, without heartbeats, until it goes on. */
async function tried(organizationId: string, key: string): Promise<number> {
  const begin = () =>
    withAttempt(harness.store, { organizationId, key, ttlMs: 60_000 }, async (attempt) => {
      calls += 1;
      await attempt.finish({ status: 'succeeded', costMicroUsd: fromUsd(0.25) });
    });
  const { info } = Context.current();
  if (freezes(info.attempt)) {
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const ended = woken.then(begin);
    frozen.push({ wake, ended: ended.catch((error: unknown) => error) });
    await ended;
  } else await begin();
  return 0.25;
}

beforeAll(async () => {
  harness = await startHarness({}, { activities: { tried } });
});
afterAll(() => harness.stop());
beforeEach(() => {
  frozen = [];
  calls = 0;
});

function run(organizationId: string, attempts: number): Promise<BudgetOutcome<string>> {
  const { taskQueue, temporal } = harness;
  const args = [{ organizationId, estimatedCostUsd: 1 }, attempts];
  return temporal.workflow.execute<(...args: unknown[]) => Promise<BudgetOutcome<string>>>('triedWork', {
    workflowId: `tried/${randomUUID()}`,
    taskQueue,
    args,
  });
}

async function wakeAll(): Promise<unknown[]> {
  for (const { wake } of frozen) wake();
  return Promise.all(frozen.map(({ ended }) => ended));
}

const superseded = { code: 'AttemptSuperseded' };

test('a try that a frozen worker begins after another has ended the run is refused: the agent is called once, and charged once', async () => {
  const organizationId = await organizationWith(harness.store, 2);
  freezes = (attempt) => attempt === 1;
  expect(await run(organizationId, 3)).toMatchObject({ status: 'completed', hold: { chargedUsd: 0.25, attempts: 1 } });
  expect(await wakeAll()).toMatchObject([superseded]);
  expect(calls).toBe(1);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0.25, heldUsd: 0, executions: 1 });
  expect(await audit(harness.store, organizationId)).toEqual([]);
});

test('the same where every try was frozen: the run failed, nothing was charged, and nothing is called afterwards', async () => {
  const organizationId = await organizationWith(harness.store, 2);
  freezes = () => true;
  await expect(run(organizationId, 2)).rejects.toMatchObject({ cause: { cause: { timeoutType: 'HEARTBEAT' } } });
  await eventually(
    () => Promise.resolve(frozen.length),
    (count) => count === 2,
  );
  expect(await wakeAll()).toMatchObject([superseded, superseded]);
  expect(calls).toBe(0);
  expect(await spending(harness.store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 0, executions: 0 });
});
