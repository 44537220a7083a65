import { GovernanceService } from 'agent-budget';

// Your own tests name a database of their own here; these run on the one that npm test starts.
const databaseUrl = process.env['TEST_LEDGER_DATABASE_URL'] ?? 'postgresql://localhost/agent_budget_test';

let governanceService: GovernanceService;
beforeAll(async () => {
  governanceService = new GovernanceService({ databaseUrl });
  await governanceService.initialize();
});
afterAll(() => governanceService.close());

test('a call that no budget covers is allowed', async () => {
  const result = await governanceService.checkBudget({
    externalAgentId: 'test-agent',
    organizationId: 'test-org',
    estimatedCost: 10,
  });
  expect(result.allowed).toBe(true);
});
