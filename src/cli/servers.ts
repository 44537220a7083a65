import { Client, Connection, type DataConverter } from '@temporalio/client';
import { estimateCostUsd } from '../agents/estimate-cost';
import { summarizer } from '../agents/summarizer';
import { createBudgetClient, type BudgetClient } from '../client';
import type { Config } from '../config';
import type { AgentDefinition } from '../contract/schemas/agent';
import { SetupError } from '../contract/setup-error';
import type { Ground } from '../ground/ground';
import { unlessStopped } from '../ground/stopping';
import type { BudgetStore } from '../store/budget-store';
import { ensureSchema } from '../store/postgres/ensure-schema';
import { createPostgresStore } from '../store/postgres/postgres-store';

/** gRPC's. */
const NOT_FOUND = 5;

/** The in-process agents of our own processes. */
export const inProcess = { summarizer };

export function estimateUsd(agent: AgentDefinition, input: unknown): number {
  return estimateCostUsd(agent, input, inProcess);
}

/** The servers, reached: the ledger, its schema up to date, and Temporal. */
export interface Servers {
  readonly ground: Ground;
  readonly store: BudgetStore;
  readonly temporal: Client;
  readonly invocations: BudgetClient;
  /** Leaves them; what was started here is stopped. */
  close(): Promise<void>;
}

/** Reaches the servers of a ground, and Temporal with a client of this `dataConverter`. Where that fails, or `stopping` aborts, what was started is stopped again. */
export async function reachServers(
  ground: Ground,
  config: Config,
  dataConverter: DataConverter | undefined,
  stopping: AbortSignal,
): Promise<Servers> {
  try {
    return await reach(ground, config, dataConverter, stopping);
  } catch (error) {
    await ground.stop();
    throw error;
  }
}

async function reach(
  ground: Ground,
  { taskQueue }: Config,
  dataConverter: DataConverter | undefined,
  stopping: AbortSignal,
): Promise<Servers> {
  const { address, namespace } = ground.temporal;
  await unlessStopped(stopping, ensureSchema(ground.postgres.url));
  const connection = Connection.lazy({ address });
  try {
    await unlessStopped(stopping, connection.ensureConnected());
    await unlessStopped(stopping, assertNamespace(connection, address, namespace));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const temporal = new Client({ connection, namespace, ...(dataConverter && { dataConverter }) });
  const store = createPostgresStore(ground.postgres.url);
  const close = async () => {
    await Promise.all([connection.close(), store.close()]);
    await ground.stop();
  };
  return { ground, store, temporal, invocations: createBudgetClient(temporal, { taskQueue }), close };
}

// Here, because the first call that needs it says less, and the API's first call may be a customer's.
async function assertNamespace({ workflowService }: Connection, address: string, namespace: string): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    // Not everybody may ask.
    if ((error as { code?: unknown }).code !== NOT_FOUND) return;
    throw new SetupError(
      `Temporal at ${address} has no namespace ${JSON.stringify(namespace)}. Create it, or set TEMPORAL_NAMESPACE to one that is there.`,
    );
  }
}
