import { startTestKit, type TestKit } from 'agent-budget/testing';
import { report } from './workflows';

let kit: TestKit;
beforeAll(async () => {
  const research = (topic: string) => Promise.resolve({ text: `All about ${topic}`, costUsd: 0.6 });
  kit = await startTestKit({ workflowsPath: require.resolve('./workflows'), activities: { research } });
}, 60_000);
afterAll(() => kit.stop());

test('a report that the month has no budget for is denied, until the next month', async () => {
  await kit.putBudget({ organizationId: 'acme', monthlyUsd: 1, rolloverPercent: 25 });
  expect(await kit.run(report, 'owls')).toBe('All about owls');
  expect(await kit.run(report, 'bats')).toMatchObject({ status: 'denied', denial: { code: 'monthly_cost' } });

  expect(await kit.crossMonth('acme')).toMatchObject({ limitUsd: 1, spentUsd: 0.6, executions: 1, carriedOutUsd: 0.25 });
  expect(await kit.run(report, 'bats')).toBe('All about bats');
  expect(await kit.status('acme')).toMatchObject({ month: { limitUsd: 1.25, spentUsd: 0.6 }, lifetimeSpentUsd: 1.2 });
});
