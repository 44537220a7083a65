import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { budgetOf, installQuietRuntime, setting } from '../support/harness';

test("a hold that nobody settles ends with its TTL, by the workflows' own clock, and is charged as unconfirmed", async () => {
  installQuietRuntime();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: setting('TEST_TIME_SKIPPING_SERVER') } },
  });
  const store = createMemoryStore();
  const connectors = { run: () => Promise.reject(new Error('no agent runs here')) };
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'time',
    workflowBundle: { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
    activities: createActivities({ store, connectors, estimateCostUsd: () => 1 }),
  });
  await worker.runUntil(async () => {
    const organizationId = 'skipping';
    await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(10) }), Date.now());
    const client = environment.client.workflow;
    await client.start('maintenance', { workflowId: 'maintenance', taskQueue: 'time' });
    const args = [{ organizationId, estimatedCostUsd: 1, ttlMs: 600_000 }];
    const handle = await client.start('sleepyWork', { workflowId: randomUUID(), taskQueue: 'time', args });
    await environment.sleep('5m');
    const at = await environment.currentTimeMs();
    const held = async () => (await store.balances(organizationId, 'monthly', at))[0]?.month;
    expect(await held()).toMatchObject({ spentMicroUsd: 0, heldMicroUsd: 1_000_000 });
    await handle.terminate();
    await environment.sleep('6m');
    expect(await held()).toMatchObject({ spentMicroUsd: 1_000_000, heldMicroUsd: 0, executions: 1 });
    expect(await audit(store, organizationId)).toEqual([]);
  });
  await environment.teardown();
}, 60_000);
