import { randomUUID } from 'node:crypto';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { budgetOf } from '../support/budgets';
import { startSkippingTime, TIME_QUEUE, type SkippingTime } from '../support/time-skipping';

const MINUTE = 60_000;
const store = createMemoryStore();
let time: SkippingTime;
beforeAll(async () => {
  time = await startSkippingTime(store);
});
afterAll(() => time.stop());

test("a hold that nobody settles ends with its TTL, by the workflows' own clock, and is charged as unconfirmed", async () => {
  const organizationId = 'skipping';
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(10) }), Date.now());
  const client = time.client.workflow;
  await client.start('maintenance', { workflowId: 'maintenance', taskQueue: TIME_QUEUE });
  const args = [{ organizationId, estimatedCostUsd: 1, ttlMs: 600_000 }];
  const handle = await client.start('sleepyWork', { workflowId: randomUUID(), taskQueue: TIME_QUEUE, args });
  await time.sleep(5 * MINUTE);
  const at = await time.now();
  const held = async () => (await store.balances(organizationId, 'monthly', at))[0]?.month;
  expect(await held()).toMatchObject({ spentMicroUsd: 0, heldMicroUsd: 1_000_000 });
  await handle.terminate();
  await time.sleep(6 * MINUTE);
  expect(await held()).toMatchObject({ spentMicroUsd: 1_000_000, heldMicroUsd: 0, executions: 1 });
  expect(await audit(store, organizationId)).toEqual([]);
});
