import path from 'node:path';
import { startTestKit, type TestKit } from '../../src/testing';
import { sleepyWork } from '../support/workflows';

const DAY = 86_400_000;

const kits: TestKit[] = [];
const start = async (options: Parameters<typeof startTestKit>[0]) => {
  const kit = await startTestKit(options);
  kits.push(kit);
  return kit;
};
afterAll(() => Promise.all(kits.map((kit) => kit.stop())));

function missing(): Promise<string> {
  return Promise.reject(new Error('never runs'));
}

test('a run that waits for an hour takes an hour, and no longer', async () => {
  const kit = await start({ workflowsPath: path.join(__dirname, '../support/workflows.ts') });
  await kit.putBudget({ organizationId: 'acme', monthlyUsd: 10 });
  const began = await kit.now();
  const request = { organizationId: 'acme', estimatedCostUsd: 1, ttlMs: 2 * DAY };
  expect(await kit.run(sleepyWork, request)).toMatchObject({ status: 'completed' });
  const took = (await kit.now()) - began;
  expect(took).toBeGreaterThanOrEqual(3_600_000);
  expect(took).toBeLessThan(3_600_000 + 10_000);
});

test('without workflows of your own it has the product’s; one that is missing is named', async () => {
  const kit = await start({});
  await kit.putBudget({ organizationId: 'acme', budgetId: 'a', monthlyUsd: 10, timeZone: 'Asia/Kathmandu', anchorDay: 31 });
  expect(await kit.crossMonth('acme', 'a')).toMatchObject({ budgetId: 'a', spentUsd: 0, timeZone: 'Asia/Kathmandu' });
  await expect(kit.run(missing)).rejects.toThrow(/missing-\d+ cannot run: .*agent-budget\/workflow'/s);
  await expect(kit.status('acme')).rejects.toThrow('Organization acme has no budget monthly: put it first');
  await kit.stop();
});
