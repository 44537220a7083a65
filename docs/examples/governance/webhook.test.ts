import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createConnectors, createNotifier, createOutbound, createWorker, GovernanceService, InMemoryBudgetStore } from 'agent-budget';
import { putBudgetWithAlerts } from './webhook-configuration';

/** Receives webhooks, as your program would. */
async function startReceiver(): Promise<{ server: Server; url: string; first: Promise<unknown> }> {
  let receive: (body: unknown) => void = () => undefined;
  const first = new Promise((resolve) => (receive = resolve));
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      receive(JSON.parse(text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, first };
}

test('a cost that takes the budget over 75 % sends the webhook', async () => {
  const store = new InMemoryBudgetStore();
  const service = new GovernanceService({ store });
  await service.initialize();
  const { server, url, first } = await startReceiver();
  await putBudgetWithAlerts(service, url);
  await service.recordInvocationCost({ externalAgentId: 'agent-001', organizationId: 'org-001', actualCost: 780 });

  const stop = await startWorker(store);
  expect(await first).toMatchObject({
    event: 'budget.warning',
    external_agent_id: 'agent-001',
    organization_id: 'org-001',
    threshold: 0.75,
    current_usage_percentage: 0.78,
    monthly_spent_usd: 780,
    monthly_budget_usd: 1000,
    remaining_budget_usd: 220,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  });
  await stop();
  server.close();
}, 60_000);

/** Alerts are sent by workers; this one shares the test's ledger. */
async function startWorker(store: InMemoryBudgetStore): Promise<() => Promise<void>> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
  const bundle = process.env['TEST_WORKFLOW_BUNDLE'];
  const outbound = createOutbound({ allowPrivateTargets: true });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const worker = await createWorker({
    connection: native,
    client: new Client({ connection }),
    taskQueue: `webhook-example-${randomUUID()}`,
    ...(bundle !== undefined && { workflowBundle: { code: readFileSync(bundle, 'utf8') } }),
    dependencies: {
      store,
      connectors: createConnectors({ outbound, env: {}, inProcess: {} }),
      estimateCostUsd: () => 0,
      notifier: createNotifier({ outbound, env: {}, smtp: null }),
    },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close(), outbound.close()]);
  };
}
