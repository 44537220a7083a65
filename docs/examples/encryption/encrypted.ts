import { Client, type Connection } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { encryptedBy, type BudgetStore, type InProcessAgent } from 'agent-budget';
import { budgetPlugin } from 'agent-budget/worker';

interface Surroundings {
  readonly connection: Connection;
  readonly native: NativeConnection;
  readonly store: BudgetStore;
  readonly agents: Readonly<Record<string, InProcessAgent>>;
  readonly taskQueue: string;
}

/** A client and a worker that keep from Temporal what passes through it. */
export async function encrypted(key: string, { connection, native, store, agents, taskQueue }: Surroundings) {
  const dataConverter = encryptedBy([{ keyId: '2026', secret: key }]);
  const client = new Client({ connection, dataConverter });
  const worker = await Worker.create({
    ...{ connection: native, taskQueue, dataConverter },
    workflowsPath: require.resolve('agent-budget/workflow'),
    plugins: [budgetPlugin({ store, agents })],
  });
  return { client, worker };
}
