import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createConnectors } from '../src/agents/connectors';
import { estimateCostUsd } from '../src/agents/estimate-cost';
import type { InvocationRequest } from '../src/contract/payloads/invocation';
import { agentDefinition } from '../src/contract/schemas/agent';
import { BUDGET_DEFAULTS, UNLIMITED } from '../src/domain/budget';
import { fromUsd } from '../src/domain/money';
import { createOutbound } from '../src/outbound/outbound';
import { createMemoryStore } from '../src/store/memory/memory-store';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import { createWorker } from '../src/worker/create-worker';
import { quietRuntime } from '../src/worker/quiet-runtime';
import { AGENT, ORGANIZATION, type WorkerSettings } from './invocation-settings';

/** The worker of bench/invocation.ts, in a process of its own as `agent-budget worker` is: ends when its parent says so, or has gone. */
const { address, databaseUrl, bundle } = JSON.parse(process.argv[2] ?? '') as WorkerSettings;

// As long as it is told to take; 0 does nothing.
const inProcess = {
  waits: {
    run: async ({ input }: { input: unknown }) => {
      const { ms } = input as { ms: number };
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      return { output: 'done', costUsd: 0.001 };
    },
  },
};

async function main(): Promise<void> {
  Runtime.install({ ...quietRuntime, shutdownSignals: [] });
  const store = databaseUrl === null ? createMemoryStore() : createPostgresStore(databaseUrl);
  const agent = agentDefinition.parse(AGENT);
  const limits = { ...UNLIMITED, monthlyMicroUsd: fromUsd(1_000_000), dailyMicroUsd: fromUsd(100_000) };
  const scope = { organizationId: ORGANIZATION, teamId: null, userId: null, agentId: null };
  await store.putAgent(ORGANIZATION, agent);
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'shared', scope, limits }, Date.now());
  const outbound = createOutbound({ allowPrivateTargets: false });
  const connectors = createConnectors({ outbound, env: {}, inProcess });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const worker = await createWorker({
    connection: native,
    client: new Client({ connection }),
    workflowBundle: { code: readFileSync(bundle, 'utf8') },
    dependencies: { store, connectors, estimateCostUsd: (definition, input) => estimateCostUsd(definition, input, inProcess) },
    activities: {
      runAgent: ({ organizationId, input }: InvocationRequest) => {
        const signal = AbortSignal.timeout(agent.timeoutMs);
        return connectors.run(agent, { organizationId, input, idempotencyKey: '', signal, onProgress: () => undefined });
      },
    },
  });
  process.once('message', () => {
    worker.shutdown();
  });
  process.once('disconnect', () => process.exit(1));
  process.send?.('ready');
  await worker.run();
  await Promise.all([native.close(), connection.close(), store.close(), outbound.close()]);
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
