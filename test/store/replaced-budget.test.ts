import { agentDefinition } from '../../src/contract/schemas/agent';
import { budgetOf, limitsOf, NOON, onEveryStore, usd } from './support';

onEveryStore('a budget that replaces another', (ledger) => {
  const budget = () => budgetOf(ledger().call(), limitsOf({ monthly: 10 }), { alerts: { thresholds: [1], cooldownMinutes: 5 } });
  const raised = () => ({
    ...budget(),
    raise: { monthlyMicroUsd: usd(1), dailyMicroUsd: usd(0), monthlyExecutions: 0, dailyExecutions: 0, until: null },
  });

  it('is kept where nothing has changed meanwhile, as the store itself tells it', async () => {
    const { store, organizationId } = ledger();
    await store.putBudget(raised(), NOON, null);
    const found = await store.budget(organizationId, 'main');
    expect(found).toBeDefined();
    await expect(store.putBudget(budget(), NOON, found ?? null)).resolves.toMatchObject({ raise: null });
  });

  it('is refused where another one was put, made, or removed', async () => {
    const { store, organizationId } = ledger();
    await expect(store.putBudget(budget(), NOON, budget())).rejects.toMatchObject({ code: 'BudgetChanged' });
    await store.putBudget(budget(), NOON, null);
    await expect(store.putBudget(budget(), NOON, null)).rejects.toMatchObject({ code: 'BudgetChanged' });
    await store.putBudget({ ...budget(), anchorDay: 2 }, NOON);
    await expect(store.putBudget(budget(), NOON, budget())).rejects.toMatchObject({ code: 'BudgetChanged' });
    expect(await store.budget(organizationId, 'main')).toMatchObject({ anchorDay: 2 });
  });
});

onEveryStore('an agent that is removed', (ledger) => {
  it('is gone, once, and from its own organization alone', async () => {
    const { store, organizationId } = ledger();
    await store.putAgent(organizationId, agentDefinition.parse({ agentId: 'a', platform: 'in_process', functionName: 'f' }));
    expect(await store.removeAgent('another', 'a')).toBe(false);
    expect(await store.removeAgent(organizationId, 'a')).toBe(true);
    expect(await store.removeAgent(organizationId, 'a')).toBe(false);
    expect(await store.agents(organizationId)).toEqual([]);
  });
});
