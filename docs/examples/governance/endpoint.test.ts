import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import {
  BUDGET_DEFAULTS,
  budgetStatus,
  createPostgresStore,
  fromUsd,
  GovernanceService,
  InMemoryBudgetStore,
  UNLIMITED,
} from 'agent-budget';
import { createEndpoint, type App } from './endpoint';

const app: App = {
  currentUser: () => ({ organizationId: 'org-001', userId: 'user-001' }),
  estimateCost: () => 60,
  execute: async (agentId) => {
    await pause(50);
    if (agentId === 'broken') throw new Error('broken');
    return { output: 'done', actualCost: 55 };
  },
};

const open: Server[] = [];
async function endpointOn(store = new InMemoryBudgetStore()) {
  const governance = new GovernanceService({ store });
  await governance.initialize();
  const server = createEndpoint(governance, app).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const invoke = async (agentId: string, body = '{}') => {
    const response = await fetch(`${url}/invoke/${agentId}`, { method: 'POST', body });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
  };
  return { store, invoke };
}
afterAll(() => {
  for (const server of open) server.close();
});

const scope = { organizationId: 'org-001', teamId: null, userId: null, agentId: null };
const budget = { ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(100) } };

test('of two requests at the same time one runs, and the other gets 402 with the reason', async () => {
  const { store, invoke } = await endpointOn();
  await store.putBudget(budget, Date.now());
  const answers = await Promise.all([invoke('agent-001'), invoke('agent-001')]);
  expect(answers.find(({ status }) => status === 200)).toMatchObject({ body: { output: 'done', cost_usd: 55, warning_message: null } });
  expect(answers.find(({ status }) => status === 402)).toMatchObject({
    type: 'application/problem+json',
    body: { detail: 'Monthly budget exceeded. Remaining: $40.00, Requested: $60.00', denial: { code: 'monthly_cost', held: 60 } },
  });
});

test('an agent that fails leaves nothing held', async () => {
  const { store, invoke } = await endpointOn();
  await store.putBudget(budget, Date.now());
  expect(await invoke('broken')).toMatchObject({ status: 500 });
  expect((await budgetStatus(store, 'org-001', 'monthly', Date.now()))?.month).toMatchObject({ heldUsd: 0, spentUsd: 0 });
});

test('an outage of the ledger is 503, what is no request 400', async () => {
  const nobodyListens = createPostgresStore('postgresql://nobody@127.0.0.1:9/none');
  expect(await (await endpointOn(nobodyListens)).invoke('agent-001')).toMatchObject({ status: 503 });
  await nobodyListens.close();
  const { invoke } = await endpointOn();
  expect(await invoke('agent-001', '{')).toMatchObject({ status: 400 });
  expect(await invoke('agent%20001')).toMatchObject({ status: 400, body: { title: 'InvalidRequest' } });
});
