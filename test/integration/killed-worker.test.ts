import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createBudgetClient } from '../../src/client';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { setting } from '../support/setting';
import { endServices, spawnService } from '../support/service';

const RUNS = 10;
let slowAgent: Server;
let received = 0;

beforeAll(async () => {
  slowAgent = createServer((_request, response) => {
    received += 1;
    // What the worker that is killed asks is under way until then, however long that takes.
    if (received <= RUNS) return;
    response.writeHead(200, { 'content-type': 'application/json', 'x-litellm-response-cost': '0.5' }).end('{"output":"done"}');
  });
  await new Promise<void>((resolve) => slowAgent.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await endServices();
  slowAgent.closeAllConnections();
  await new Promise((resolve) => slowAgent.close(resolve));
});

test('a worker killed in the middle of agent runs: every run ends, every hold settles once, the lost attempts are charged and flagged', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-killed-'));
  const env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    DATABASE_URL: setting('TEST_DATABASE_URL'),
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
  };
  const store = createPostgresStore(env.DATABASE_URL);
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
  const budget = createBudgetClient(new Client({ connection }));
  const endpoint = `http://127.0.0.1:${String((slowAgent.address() as AddressInfo).port)}/`;
  const organizationId = await organizationWith(store, 100, {
    agentId: 'slow',
    platform: 'custom_rest_api',
    endpoint,
    estimatedCostUsd: 1,
  });

  const first = spawnService(env);
  await first.event(({ event }) => event === 'ready');
  const started = await Promise.all(Array.from({ length: RUNS }, () => budget.start({ organizationId, agentId: 'slow', input: null })));
  await eventually(
    () => Promise.resolve(received),
    (count) => count === RUNS,
  );
  await first.end('SIGKILL');

  const second = spawnService(env);
  const receipts = await Promise.all(started.map((run) => run.result()));
  for (const receipt of receipts) expect(receipt).toMatchObject({ status: 'completed', chargedUsd: 1.5, attempts: 2, isUnconfirmed: true });
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 1.5 * RUNS, heldUsd: 0, executions: RUNS });
  expect(await audit(store, organizationId)).toEqual([]);
  expect(await second.end('SIGINT')).toBe(0);
  await Promise.all([store.close(), connection.close()]);
  rmSync(folder, { recursive: true, force: true });
});
