import { randomUUID } from 'node:crypto';
import { createDatabase } from '../support/database';
import { setting, startHarness, type Harness } from '../support/harness';
import { budgetOf } from '../support/harness';

let harness: Harness;
afterAll(() => harness.stop());
test('probe', async () => {
  const url = await createDatabase(setting('TEST_DATABASE_URL'));
  harness = await startHarness({}, url);
  const { store, temporal, taskQueue } = harness;
  const at = Date.now() - 40 * 86_400_000;
  await store.applyBatch('org', Array.from({ length: 1_100 }, (_, n) => ({ kind: 'putBudget' as const, at, budget: { ...budgetOf('org', { monthlyMicroUsd: 5 as never }), budgetId: `b${String(n)}` } })));
  const began = Date.now();
  console.log('put');
  setTimeout(() => { void (async () => { for await (const w of temporal.workflow.list({query: `TaskQueue='${taskQueue}'`})) { const h = await temporal.workflow.getHandle(w.workflowId, w.runId).fetchHistory(); console.log(w.type, w.status.name, h.events?.slice(-3).map((e) => JSON.stringify(e).slice(0, 600))); } })(); }, 8000);
  const result = await temporal.workflow.execute('monthlyReset', { workflowId: randomUUID(), taskQueue, args: [] });
  console.log(result, Date.now() - began);
  const bad = await temporal.workflow.execute('monthlyReset', { workflowId: randomUUID(), taskQueue, args: [{ timeZone: 'Nope' }] }).catch((e: unknown) => e);
  console.log(bad, (bad as {cause: unknown}).cause);
  await new Promise((r) => setTimeout(r, 1000));
  for await (const s of temporal.schedule.list()) console.log(s.scheduleId, JSON.stringify(s.spec), s.info.nextActionTimes);
});
