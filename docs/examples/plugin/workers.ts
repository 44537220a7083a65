import { Worker, type NativeConnection } from '@temporalio/worker';
import type { BudgetStore } from 'agent-budget';
import { budgetPlugin } from 'agent-budget/worker';
import { createResearch } from './research';

const research = (topic: string) => Promise.resolve({ text: `All about ${topic}`, costUsd: 0.4 });

/** A worker that does its own workflows and serves their budgets. */
export function createReportWorker(connection: NativeConnection, databaseUrl: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: 'reports',
    workflowsPath: require.resolve('./workflows'),
    activities: { research },
    plugins: [budgetPlugin({ databaseUrl })],
  });
}

/** A worker with neither database nor plug-in: its workflows say `{ taskQueue: 'budgets' }`. */
export function createDistantWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: 'distant-reports',
    workflowsPath: require.resolve('./workflows'),
    activities: { research },
  });
}

/** And the one that serves their budgets. With our workflows it also expires holds, closes months and sends alerts. */
export function createBudgetsWorker(connection: NativeConnection, databaseUrl: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: 'budgets',
    workflowsPath: require.resolve('agent-budget/workflow'),
    plugins: [budgetPlugin({ databaseUrl })],
  });
}

/** One whose activity records its tries: it needs the ledger itself. */
export function createAttemptsWorker(connection: NativeConnection, store: BudgetStore): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: 'reports-by-attempts',
    workflowsPath: require.resolve('./workflows'),
    activities: createResearch(store, research),
    plugins: [budgetPlugin({ store })],
  });
}
