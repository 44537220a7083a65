import { ExternalAgentBudgetEnforcer, InMemoryBudgetStore, type ExternalAgentBudget } from 'agent-budget';

const enforcer = new ExternalAgentBudgetEnforcer({ store: new InMemoryBudgetStore() });

const budget: ExternalAgentBudget = {
  externalAgentId: 'test-agent',
  monthlyBudgetUsd: 100,
  monthlySpentUsd: 50,
};

test('a call that fits is allowed', async () => {
  const result = await enforcer.checkBudget(budget, { estimatedCost: 10 });
  expect(result.allowed).toBe(true);
  expect(result.remainingBudgetUsd).toBe(50);
});

test('a call that does not fit is denied', async () => {
  const result = await enforcer.checkBudget(budget, { estimatedCost: 60 });
  expect(result.allowed).toBe(false);
  expect(result.reason).toBe('Monthly budget exceeded. Remaining: $50.00, Requested: $60.00');
});
