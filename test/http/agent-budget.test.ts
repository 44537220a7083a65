import { createMemoryStore } from '../../src/store/memory/memory-store';
import { newOrganization, serve } from './support';

test("an agent's budget that is made while it is looked for is the agent's all the same", async () => {
  const inner = createMemoryStore();
  let between = () => Promise.resolve();
  const budgets = async (organizationId: string) => {
    const found = await inner.budgets(organizationId);
    await between();
    return found;
  };
  const store = new Proxy(inner, { get: (target, name): unknown => (name === 'budgets' ? budgets : Reflect.get(target, name)) });
  const { ask, key, stop } = await serve({ store });
  const token = await key(newOrganization());
  const path = '/api/v1/external-agents/bot/budget/config';
  between = async () => {
    between = () => Promise.resolve();
    await ask('patch', path, { token, body: { monthly_budget_usd: 1 } });
  };
  expect(await ask('patch', path, { token, body: { daily_budget_usd: 2 } })).toMatchObject({
    status: 200,
    body: { monthly_budget_usd: 1, daily_budget_usd: 2 },
  });
  await stop();
});
