import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Client, DataConverter } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type ActivityDependencies } from '../../activities';
import { TASK_QUEUE } from '../contract/names/workflows';
import { WORKER_LIMITS, type WorkerLimits } from '../contract/worker-limits';
import type { WorkerVersion } from '../contract/worker-version';
import type { BudgetStore } from '../store/budget-store';
import { pokeOnNews, type Poke } from './alert-pokes';
import { registerSearchAttributes } from './search-attributes';
import { withServer } from './server-dependencies';
import { startMaintenance } from './start-maintenance';

export interface BudgetWorkerOptions {
  /** Polls for tasks. */
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly dependencies: ActivityDependencies;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /** Activities of your own workflows that run on the same worker. */
  readonly activities?: Record<string, (...args: never[]) => Promise<unknown>>;
  /** A prebuilt bundle of workflows, ours or one that includes them; default: bundled now. */
  readonly workflowBundle?: WorkerOptions['workflowBundle'];
  /** As the client has it: how payloads are encrypted, for one. With failures encoded, a prebuilt bundle must have been built so. */
  readonly dataConverter?: DataConverter;
  /** How much it takes on at once; what is left out is as WORKER_LIMITS says. */
  readonly limits?: Partial<WorkerLimits>;
  /** It takes tasks only while an operator has made this version the current one, and runs move on to the next with their next task. */
  readonly version?: WorkerVersion;
}

/** A worker for budgeted invocations, ready to run: search attributes registered, maintenance under way. */
export async function createWorker(options: BudgetWorkerOptions): Promise<Worker> {
  const { connection, client, dependencies, namespace = 'default', taskQueue = TASK_QUEUE } = options;
  await registerSearchAttributes(client.connection, namespace);
  // Before the worker is there: one that was made, and is not run, keeps its process for ever.
  await startMaintenance(client, taskQueue);
  const provided = await withServer(dependencies, client, { namespace, taskQueue });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: {
      ...options.activities,
      ...createActivities(provided),
    },
    ...(options.workflowBundle === undefined ? { workflowsPath: workflowsPath() } : { workflowBundle: options.workflowBundle }),
    ...(options.dataConverter && { dataConverter: options.dataConverter }),
    ...slotsOf({ ...WORKER_LIMITS, ...options.limits }),
    ...(options.version && versioned(options.version)),
    // Agents in flight get this long to end by themselves; without a force time a deaf one would keep the process for ever.
    shutdownGraceTime: '15s',
    shutdownForceTime: '30s',
  });
  if (provided.notifier !== undefined && provided.pokeAlerts !== undefined) pokeWhileRunning(worker, provided.store, provided.pokeAlerts);
  return worker;
}

/** The SDK's options for limits. It refuses more polls for a kind of task than may run of it. */
export function slotsOf({ activities, workflowTasks, polls, cachedRuns }: WorkerLimits): Partial<WorkerOptions> {
  return {
    maxConcurrentActivityTaskExecutions: activities,
    maxConcurrentActivityTaskPolls: Math.min(polls, activities),
    maxConcurrentWorkflowTaskExecutions: workflowTasks,
    maxConcurrentLocalActivityExecutions: workflowTasks,
    maxConcurrentWorkflowTaskPolls: Math.min(polls, workflowTasks),
    ...(cachedRuns !== null && { maxCachedWorkflows: cachedRuns }),
  };
}

// Runs of ours are as long as the longest agent, and maintenance is for ever: none may have to wait for workers that are gone.
function versioned(version: WorkerVersion): Partial<WorkerOptions> {
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' } };
}

// The connection may be closed as soon as the worker has ended, and a call under way then would end the process.
function pokeWhileRunning(worker: Worker, store: BudgetStore, poke: Poke): void {
  const pokes = pokeOnNews(store, poke);
  const run = worker.run.bind(worker);
  worker.run = () => run().finally(() => pokes.stop());
}

export function workflowsPath(): string {
  const folder = path.join(__dirname, '../../workflows');
  const compiled = path.join(folder, 'index.js');
  return existsSync(compiled) ? compiled : path.join(folder, 'index.ts');
}
