import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { BUDGET_DEFAULTS, budgetStatus, fromUsd, GovernanceService, InMemoryBudgetStore, UNLIMITED } from 'agent-budget';
import { createApp as createExpressApp } from './express';
import { createApp as createHonoApp } from './hono';

const scope = { organizationId: 'acme', teamId: null, userId: null, agentId: null };

async function ledger(monthlyUsd: number) {
  const store = new InMemoryBudgetStore();
  await store.putBudget(
    { ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(monthlyUsd) } },
    0,
  );
  const month = async () => (await budgetStatus(store, 'acme', 'monthly', Date.now()))?.month;
  return { governance: new GovernanceService({ store }), month };
}

test('Express: charged what the handler reported, until the budget denies', async () => {
  const { governance, month } = await ledger(1.2);
  const { app, idle } = createExpressApp({
    governance,
    authenticate: (_request, response, next) => {
      response.locals['user'] = 'ada';
      next();
    },
    ask: (question) => Promise.resolve({ text: `About ${question}`, costUsd: 0.4 }),
    answers: new Map([['owls', 'They fly.']]),
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const answered = async (asked: Promise<Response>) => {
    const response = await asked;
    return { status: response.status, body: await response.json() };
  };
  const post = (body: object) => {
    const headers = { 'content-type': 'application/json' };
    return answered(fetch(`${url}/ask`, { method: 'POST', headers, body: JSON.stringify(body) }));
  };

  expect(await answered(fetch(`${url}/answers/bats`))).toMatchObject({ status: 404 });
  expect(await answered(fetch(`${url}/answers/owls`))).toEqual({ status: 200, body: { text: 'About In short: They fly.', warning: null } });
  await idle();
  expect(await month()).toMatchObject({ spentUsd: 0.4, heldUsd: 0, executions: 1 });
  expect(await post({ question: 'owls' })).toEqual({ status: 200, body: { text: 'About owls' } });
  await idle();
  expect(await month()).toMatchObject({ spentUsd: 0.8, heldUsd: 0, executions: 2 });
  expect(await post({ question: 'bats' })).toMatchObject({ status: 402, body: { title: 'Budget exceeded', code: 'monthly_cost' } });
  server.close();
});

test('Hono: a streamed answer is charged at its end', async () => {
  const { governance, month } = await ledger(1);
  const { app, idle } = createHonoApp({
    governance,
    ask: async function* (question) {
      yield await Promise.resolve({ text: `About `, costUsd: 0.001 });
      yield { text: question, costUsd: 0.002 };
    },
  });
  const response = await app.request('/ask?q=owls');
  expect(await response.text()).toBe('About owls');
  await idle();
  expect(await month()).toMatchObject({ spentUsd: 0.003, heldUsd: 0, executions: 1 });
});
