import { Client, Connection } from '@temporalio/client';
import { estimateCostUsd } from '../agents/estimate-cost';
import { summarizer } from '../agents/summarizer';
import { createBudgetClient, type BudgetClient } from '../client';
import type { Config } from '../config';
import type { AgentDefinition } from '../contract/schemas/agent';
import type { Ground } from '../ground/ground';
import type { BudgetStore } from '../store/budget-store';
import { ensureSchema } from '../store/postgres/ensure-schema';
import { createPostgresStore } from '../store/postgres/postgres-store';

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

/** Reaches the servers of a ground. Where that fails, what was started is stopped again. */
export async function reachServers(ground: Ground, config: Config): Promise<Servers> {
  try {
    return await reach(ground, config);
  } catch (error) {
    await ground.stop();
    throw error;
  }
}

async function reach(ground: Ground, { taskQueue }: Config): Promise<Servers> {
  const { address, namespace } = ground.temporal;
  await ensureSchema(ground.postgres.url);
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection, namespace });
  const store = createPostgresStore(ground.postgres.url);
  const close = async () => {
    await Promise.all([connection.close(), store.close()]);
    await ground.stop();
  };
  return { ground, store, temporal, invocations: createBudgetClient(temporal, { taskQueue }), close };
}
