import { BUDGET_DEFAULTS, budgetStatus, entries, fromUsd, GovernanceService, InMemoryBudgetStore, UNLIMITED } from 'agent-budget';
import { assertAffordable } from './direct-enforcer';
import { runChecked, runReserved } from './direct-service';
import { once } from './reserve-and-commit';

const lines: string[] = [];
const log = (line: string) => {
  lines.push(line);
};
let service: GovernanceService;
beforeEach(async () => {
  lines.length = 0;
  service = new GovernanceService({ store: new InMemoryBudgetStore() });
  await service.initialize();
  const scope = { organizationId: 'org-001', teamId: null, userId: 'user-001', agentId: null };
  const limits = { ...UNLIMITED, monthlyMicroUsd: fromUsd(20) };
  await service.store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'user-001-monthly', scope, limits }, Date.now());
});
const month = async () => (await budgetStatus(service.store, 'org-001', 'user-001-monthly', Date.now()))?.month;

test('direct service: checked, run, recorded with success and metadata; then warned, then blocked', async () => {
  const execute = () => Promise.resolve(9.5);
  expect(await runChecked(service, execute, log)).toBe(true);
  const [entry] = await entries(service.store, 'org-001');
  expect(entry).toMatchObject({ spentUsd: 9.5, executionSuccess: true, metadata: { durationMs: expect.any(Number) as number } });
  expect(await runChecked(service, execute, log)).toBe(true);
  expect(await runChecked(service, execute, log)).toBe(false);
  expect(lines).toEqual([
    'Warning: Budget warning: 97% of monthly budget used',
    'Blocked: Monthly budget exceeded. Remaining: $1.00, Requested: $10.00',
  ]);
});

test('direct service, reserved: of three at the same time two run, and failed work leaves nothing held', async () => {
  const ran = await Promise.all([9, 8, 7].map((cost) => runReserved(service, () => Promise.resolve(cost), log)));
  expect(ran.filter(Boolean)).toHaveLength(2);
  expect(await month()).toMatchObject({ spentUsd: 17, heldUsd: 0, executions: 2 });
  await service.store.removeBudget('org-001', 'user-001-monthly', Date.now());
  await expect(runReserved(service, () => Promise.reject(new Error('broken')), log)).rejects.toThrow('broken');
});

test('direct enforcer: warns, degrades, throws', async () => {
  await assertAffordable(100, 50, log);
  await assertAffordable(750, 50, log);
  await assertAffordable(950, 50, log);
  expect(lines).toEqual(['Budget warning: 80% of monthly budget used', 'Operating in degraded mode: Budget at 95% - degraded mode active']);
  await expect(assertAffordable(975, 50, log)).rejects.toMatchObject({
    name: 'BudgetExceededError',
    message: 'Monthly budget exceeded. Remaining: $25.00, Requested: $50.00',
    denial: { code: 'monthly_cost', available: 25 },
  });
});

test("reserved and committed, on a database of one's own", async () => {
  const databaseUrl = process.env['TEST_DATABASE_URL'] ?? 'postgresql://localhost/agent_budget_test';
  const calls: number[] = [];
  await once(databaseUrl, () => Promise.resolve({ costUsd: calls.push(1) }));
  expect(calls).toHaveLength(1);
});
