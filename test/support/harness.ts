import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type TelemetryOptions, type Worker } from '@temporalio/worker';
import { createConnectors } from '../../src/agents/connectors';
import { estimateCostUsd } from '../../src/agents/estimate-cost';
import type { InProcessAgents } from '../../src/agents/in-process';
import { createBudgetClient, type BudgetClient } from '../../src/client';
import type { AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { agentDefinition } from '../../src/contract/schemas/agent';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget, type Limits } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import { createNotifier } from '../../src/notify/notifier';
import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createWorker } from '../../src/worker/create-worker';
import { quietRuntime } from '../../src/worker/quiet-runtime';

export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}

export interface Harness {
  readonly store: BudgetStore;
  readonly temporal: Client;
  readonly budget: BudgetClient;
  readonly taskQueue: string;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  readonly databaseUrl?: string;
  readonly taskQueue?: string;
  readonly smtpUrl?: string | null;
  /** Default: for ever. */
  readonly retentionDays?: number;
  /** Default: one that may reach everything. */
  readonly outbound?: Outbound;
}

/** A worker on the real servers, with the given agents in its process, on a task queue of its own. */
export async function startHarness(inProcess: InProcessAgents = {}, options: HarnessOptions = {}): Promise<Harness> {
  const { databaseUrl = setting('TEST_DATABASE_URL'), taskQueue = `test-${randomUUID()}`, smtpUrl = null, retentionDays = null } = options;
  installQuietRuntime();
  const address = setting('TEST_TEMPORAL_ADDRESS');
  const store = createPostgresStore(databaseUrl, { maxConnections: 10 });
  const outbound = options.outbound ?? createOutbound({ allowPrivateTargets: true });
  const [connection, native] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })]);
  const temporal = new Client({ connection });
  const worker: Worker = await createWorker({
    connection: native,
    client: temporal,
    taskQueue,
    workflowBundle: { code: readFileSync(setting('TEST_WORKFLOW_BUNDLE'), 'utf8') },
    dependencies: {
      store,
      connectors: createConnectors({ outbound, env: {}, inProcess }),
      estimateCostUsd: (agent, input) => estimateCostUsd(agent, input, inProcess),
      notifier: createNotifier({ outbound, env: {}, smtp: smtpUrl === null ? null : { url: smtpUrl, from: 'budget@example.com' } }),
      retentionDays,
    },
    activities: { spend: (amountUsd: number) => Promise.resolve(amountUsd) },
  });
  const running = worker.run();
  const stop = async () => {
    worker.shutdown();
    await running;
    await Promise.all([native.close(), connection.close(), store.close(), outbound.close()]);
  };
  return { store, temporal, budget: createBudgetClient(temporal, { taskQueue }), taskQueue, stop };
}

let isInstalled = false;

/** The SDK tells of every state of every worker unless it is told not to; once a process. */
export function installQuietRuntime(metrics?: TelemetryOptions['metrics']): void {
  if (isInstalled) return;
  isInstalled = true;
  const telemetryOptions = { ...quietRuntime.telemetryOptions, ...(metrics && { metrics }) };
  Runtime.install({ ...quietRuntime, telemetryOptions, shutdownSignals: [] });
}

/** A new organization with one budget of so many USD a month and one agent. */
export async function organizationWith(
  store: BudgetStore,
  monthlyUsd: number,
  agent: AgentDefinitionInput,
  limits: Partial<Limits> = {},
): Promise<string> {
  const organizationId = `org-${randomUUID()}`;
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(monthlyUsd), ...limits }), Date.now());
  await store.putAgent(organizationId, agentDefinition.parse(agent));
  return organizationId;
}

export function budgetOf(organizationId: string, limits: Partial<Limits>): Budget {
  const scope = { organizationId, teamId: null, userId: null, agentId: null };
  return { ...BUDGET_DEFAULTS, budgetId: 'monthly', scope, limits: { ...UNLIMITED, ...limits } };
}

/** What an organization's budget says now, in USD. */
export async function spending(
  store: BudgetStore,
  organizationId: string,
): Promise<{ spentUsd: number; heldUsd: number; executions: number }> {
  const [balance] = await store.balances(organizationId, 'monthly', Date.now());
  const { spentMicroUsd = 0, heldMicroUsd = 0, executions = 0 } = balance?.month ?? {};
  return { spentUsd: spentMicroUsd / 1e6, heldUsd: heldMicroUsd / 1e6, executions };
}

/** Asks until the answer is as wanted; fails with the last answer after the patience. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
  patienceMs = 45_000,
): Promise<Answer> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after ${String(patienceMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
