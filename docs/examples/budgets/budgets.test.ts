import { audit, budgetStatus, GovernanceService } from 'agent-budget';
import { startTestKit } from 'agent-budget/testing';
import { setUp } from './put-budget';
import { allowMore } from './raise';
import { tellAll } from './standing';

// Your own tests name a database of their own here; these run on the one that npm test starts.
const databaseUrl = process.env['TEST_LEDGER_DATABASE_URL'] ?? 'postgresql://localhost/agent_budget_test';

const lines: unknown[][] = [];
const console = {
  log: (...words: unknown[]) => {
    lines.push(words);
  },
};
beforeEach(() => {
  lines.length = 0;
});

test('a budget is put, raised until its month ends, and told of', async () => {
  const { store, budget } = await setUp(databaseUrl);
  const governance = new GovernanceService({ store });
  await governance.initialize();
  const cost = { organizationId: 'acme', externalAgentId: 'summarizer', actualCost: 4, key: 'a call' };
  await expect(governance.recordInvocationCost(cost)).rejects.toMatchObject({ code: 'InvalidRequest' });
  await governance.recordInvocationCost({ ...cost, key: 'a-call' });
  await allowMore(store, budget);
  expect(await budgetStatus(store, 'acme', 'acme-monthly', Date.now())).toMatchObject({
    month: { limitUsd: 150, spentUsd: 4 },
    day: { limitUsd: 10 },
  });
  expect((await store.agent('acme', 'summarizer'))?.platform).toBe('in_process');
  await tellAll(store, console);
  expect(lines).toEqual([[4, 'of', 150, 'until', expect.stringMatching(/^20.*Z$/), 'forecast', expect.any(Number)]]);
  expect(await audit(store, 'acme')).toEqual([]);
  await store.close();
});

test('a month that ended has a statement', async () => {
  const kit = await startTestKit({});
  await kit.putBudget({ organizationId: 'acme', budgetId: 'acme-monthly', monthlyUsd: 1, rolloverPercent: 10 });
  await kit.crossMonth('acme', 'acme-monthly');
  await tellAll(kit.store, console);
  expect(lines.at(-1)).toEqual([expect.stringMatching(/^20.*Z$/), 0, 0.1, 0]);
  await kit.stop();
}, 60_000);
