import { Client } from '@temporalio/client';
import { SimplePlugin } from '@temporalio/plugin';
import { NativeConnection, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { createActivities, type ActivityDependencies } from '../../activities';
import { createConnectors } from '../agents/connectors';
import { estimateCostUsd } from '../agents/estimate-cost';
import type { InProcessAgents } from '../agents/in-process';
import { SetupError } from '../contract/setup-error';
import type { Notifier } from '../notify/notifier';
import { createOutbound, type Outbound } from '../outbound/outbound';
import type { BudgetStore } from '../store/budget-store';
import { ensureSchema } from '../store/postgres/ensure-schema';
import { createPostgresStore } from '../store/postgres/postgres-store';
import { pokeOnNews } from './alert-pokes';
import { registerSearchAttributes } from './search-attributes';
import { withServer } from './server-dependencies';
import { startMaintenance } from './start-maintenance';

/** Where the ledger is: a PostgreSQL, whose schema is brought up to date, or a store of yours, which you close. */
export type PluginLedger = { readonly databaseUrl: string } | { readonly store: BudgetStore };

export type BudgetPluginOptions = PluginLedger & {
  /** In-process agents of `agentInvocation`, by the name that their definitions call. */
  readonly agents?: InProcessAgents;
  /** Where secrets of agents (`env:NAME`) are looked up; default: nowhere. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether agents may be at private and loopback addresses; default false. */
  readonly allowPrivateTargets?: boolean;
  /** By which alerts are sent; left out, they are listed only. */
  readonly notifier?: Notifier;
  /** false where the namespace takes none from a worker: then register them yourself, or run no `agentInvocation`. */
  readonly searchAttributes?: boolean;
  /** false where workers of another task queue see to this ledger: overdue holds, resets, alerts that wait. */
  readonly maintenance?: boolean;
  /** How long settled holds, ledger entries and alerts are kept, at least 62; default: for ever. */
  readonly retentionDays?: number;
};

const NAME = 'agent-budget';

/**
 * Gives a worker of yours what budgets take: `plugins: [budgetPlugin({ databaseUrl })]` in its options, and
 * `export * from 'agent-budget/workflow'` in the file of its workflows. It adds the activities. Before the worker is made, it brings
 * the schema up to date, registers the search attributes and starts the maintenance (where the worker has workflows); after its end,
 * it closes what it opened. `Worker.create` rejects where the ledger or the server does not answer, and with SetupError where an activity
 * of yours has the name of one of ours. Where it rejects after that, as for workflows that do not compile, what was opened stays open
 * until the process ends: the SDK tells plug-ins of no failure. Without that line in the file of its workflows, say
 * `maintenance: false`: its tasks would fail for ever.
 */
export function budgetPlugin(options: BudgetPluginOptions): WorkerPlugin {
  const plugin: WorkerPlugin = {
    name: NAME,
    configureWorker: async (worker) => {
      const prepared = await preparedFor(worker, options);
      const configured = prepared.simple.configureWorker({ ...worker, connection: prepared.connection });
      // In its own place: a plugin may be given to several workers, each of which ends for itself.
      return { ...configured, plugins: (worker.plugins ?? []).map((other) => (other === plugin ? prepared.simple : other)) };
    },
  };
  return plugin;
}

/** What is opened for one worker, and closed after its end. */
interface Opened {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly store: BudgetStore;
  readonly outbound: Outbound;
  readonly close: () => Promise<void>;
}

async function preparedFor(worker: WorkerOptions, options: BudgetPluginOptions) {
  const opened = await open(worker, options);
  try {
    const provided = await provide(worker, options, opened);
    await prepareServers(worker, options, opened);
    return { connection: opened.connection, simple: simplePlugin(provided, opened) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(worker: WorkerOptions, options: BudgetPluginOptions): Promise<Opened> {
  const { namespace = 'default', dataConverter } = worker;
  const connection = worker.connection ?? (await NativeConnection.connect());
  const client = new Client({ connection, namespace, ...(dataConverter && { dataConverter }) });
  const store = 'store' in options ? options.store : createPostgresStore(options.databaseUrl);
  const outbound = createOutbound({ allowPrivateTargets: options.allowPrivateTargets ?? false });
  const close = async () => {
    await Promise.all([outbound.close(), 'store' in options ? undefined : store.close()]);
    if (connection !== worker.connection) await connection.close();
  };
  return { connection, client, store, outbound, close };
}

async function provide(worker: WorkerOptions, options: BudgetPluginOptions, { client, store, outbound }: Opened) {
  const { agents = {}, env = {}, notifier, retentionDays = null } = options;
  const dependencies: ActivityDependencies = {
    store,
    connectors: createConnectors({ outbound, env, inProcess: agents }),
    estimateCostUsd: (agent, input) => estimateCostUsd(agent, input, agents),
    retentionDays,
    ...(notifier && { notifier }),
  };
  const { taskQueue, namespace = 'default' } = worker;
  const provided = await withServer(dependencies, client, { namespace, taskQueue });
  const activities = createActivities(provided);
  refuseClash(worker.activities, activities);
  return { ...provided, activities };
}

// Before the worker is there: one that was made, and cannot be run, can never be shut down either, and keeps its process for ever.
async function prepareServers(worker: WorkerOptions, options: BudgetPluginOptions, { connection, client }: Opened): Promise<void> {
  const { taskQueue, namespace = 'default' } = worker;
  const { searchAttributes = true, maintenance = true } = options;
  const hasWorkflows = worker.workflowsPath !== undefined || worker.workflowBundle !== undefined;
  if ('databaseUrl' in options) await ensureSchema(options.databaseUrl);
  if (searchAttributes) await registerSearchAttributes(connection, namespace);
  if (maintenance && hasWorkflows) await startMaintenance(client, taskQueue);
}

function simplePlugin({ activities, notifier, pokeAlerts }: Awaited<ReturnType<typeof provide>>, { store, close }: Opened): SimplePlugin {
  const runContext = async (run: () => Promise<void>) => {
    const pokes = notifier !== undefined && pokeAlerts !== undefined ? pokeOnNews(store, pokeAlerts) : undefined;
    try {
      await run();
    } finally {
      await pokes?.stop();
      await close();
    }
  };
  return new SimplePlugin({ name: NAME, activities, runContext });
}

function refuseClash(theirs: object | undefined, ours: object): void {
  const taken = Object.keys(theirs ?? {}).filter((name) => name in ours);
  if (taken.length === 0) return;
  throw new SetupError(`Activities of this worker have names of agent-budget's: ${taken.join(', ')}. Give yours other names.`);
}
