import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { Client, type Workflow, type WorkflowResultType } from '@temporalio/client';
import { createActivities } from '../activities';
import { createConnectors } from './agents/connectors';
import { estimateCostUsd } from './agents/estimate-cost';
import type { InProcessAgents } from './agents/in-process';
import { readConfig } from './config';
import type { BudgetStatusPayload } from './contract/payloads/budget-status';
import type { ResetRequest } from './contract/payloads/reset';
import type { StatementPayload } from './contract/payloads/statement';
import { WorkflowName } from './contract/names/workflows';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget } from './domain/budget';
import { fromUsd } from './domain/money';
import { testServer } from './ground/test-server';
import { createOutbound } from './outbound/outbound';
import type { BudgetStore } from './store/budget-store';
import { createMemoryStore } from './store/memory/memory-store';
import { budgetStatus, statements } from './store/reports';
import { resultAsTimePasses } from './testing/passing-time';
import { workflowsPath as ownWorkflowsPath } from './worker/create-worker';
import { addSearchAttributes } from './worker/search-attributes';
import { quietRuntime } from './worker/quiet-runtime';

export interface TestKitOptions {
  /** The file that exports your workflows, and with them `export * from 'agent-budget/workflow'`. Default: only the latter. */
  readonly workflowsPath?: string;
  /** Or both in one bundle, made once for several kits. */
  readonly workflowBundle?: WorkerOptions['workflowBundle'];
  /** The activities of your workflows. */
  readonly activities?: Record<string, (...args: never[]) => Promise<unknown>>;
  /** In-process agents, by the name that their definitions call. */
  readonly agents?: InProcessAgents;
  /** Where the ledger is; default: in memory, new for each kit. */
  readonly store?: BudgetStore;
}

/** A budget in USD; what is left out is unlimited, matches every call, or is as in BUDGET_DEFAULTS. */
export interface TestBudget extends Partial<Omit<Budget, 'scope' | 'limits'>> {
  readonly organizationId: string;
  readonly teamId?: string;
  readonly userId?: string;
  readonly agentId?: string;
  readonly monthlyUsd?: number;
  readonly dailyUsd?: number;
  readonly monthlyExecutions?: number;
  readonly dailyExecutions?: number;
}

/**
 * Budgets, your workflows and a Temporal server whose clock skips: a month passes in a second. One thing at a time: time moves
 * only while `run`, `sleep` or `crossMonth` is awaited, and two of them at once would move it under each other.
 */
export interface TestKit {
  readonly store: BudgetStore;
  /** For all that the kit does not do. */
  readonly client: Client;
  readonly taskQueue: string;
  /** The server's time, epoch milliseconds. */
  now(): Promise<number>;
  sleep(ms: number): Promise<void>;
  /** Makes or changes a budget, `monthly` unless it has an id. */
  putBudget(budget: TestBudget): Promise<Budget>;
  /**
   * Runs a workflow to its end; time moves on, by as much as it takes, when the run waits for a timer. Rejects with
   * WorkflowFailedError when it fails, and with an error that says why when it cannot run at all.
   */
  run<Run extends Workflow>(workflow: Run, ...args: Parameters<Run>): Promise<WorkflowResultType<Run>>;
  status(organizationId: string, budgetId?: string): Promise<BudgetStatusPayload>;
  /** Lets the budget's month end, runs the monthly reset of every zone five minutes later, and returns the month's statement. */
  crossMonth(organizationId: string, budgetId?: string): Promise<StatementPayload>;
  stop(): Promise<void>;
}

const FIVE_MINUTES_MS = 300_000;
const TASK_QUEUE = 'agent-budget-test';

/**
 * Starts a test kit. The time-skipping server is found, downloaded or fetched once and then cached.
 * Throws SetupError when no way leads to one.
 */
export async function startTestKit(options: TestKitOptions): Promise<TestKit> {
  const { store = createMemoryStore() } = options;
  installQuietRuntime();
  const serverPath = await testServer(readConfig(), () => undefined);
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: serverPath } },
  });
  const outbound = createOutbound({ allowPrivateTargets: true });
  const worker = await createKitWorker(environment, { ...options, store }, outbound).catch(async (error: unknown) => {
    await Promise.all([environment.teardown(), outbound.close()]);
    throw error;
  });
  const running = worker.run();
  // A worker that breaks shows in `stop`; until somebody asks, it must not end the process.
  running.catch(() => undefined);

  const status = async (organizationId: string, budgetId = 'monthly') => {
    const found = await budgetStatus(store, organizationId, budgetId, await environment.currentTimeMs());
    if (found === null) throw new Error(`Organization ${organizationId} has no budget ${budgetId}: put it first`);
    return found;
  };
  // The environment's own client lets time run free while a result is awaited: an idle server then jumps ten years ahead, to the
  // end's time-out of a run that is over.
  const client = new Client({ connection: environment.connection });
  const execute = async (workflowType: string | Workflow, args: unknown[]): Promise<unknown> => {
    const handle = await client.workflow.start(workflowType, { workflowId: nextId(workflowType), taskQueue: TASK_QUEUE, args });
    return resultAsTimePasses(environment, handle);
  };

  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    try {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    } finally {
      await Promise.all([environment.teardown(), outbound.close()]);
    }
  };

  return {
    store,
    client,
    taskQueue: TASK_QUEUE,
    now: () => environment.currentTimeMs(),
    sleep: (ms) => environment.sleep(ms),
    putBudget: async (budget) => store.putBudget(budgetOf(budget), await environment.currentTimeMs()),
    run: <Run extends Workflow>(workflow: Run, ...args: Parameters<Run>) => execute(workflow, args) as Promise<WorkflowResultType<Run>>,
    status,
    crossMonth: async (organizationId, budgetId = 'monthly') => {
      const { month } = await status(organizationId, budgetId);
      const end = Date.parse(month.resetsAt);
      await environment.sleep(end - (await environment.currentTimeMs()) + FIVE_MINUTES_MS);
      for (const { timeZone } of await store.zonesInUse()) await execute(WorkflowName.monthlyReset, [{ timeZone } satisfies ResetRequest]);
      const closed = (await statements(store, organizationId, budgetId)).find(({ periodEnd }) => periodEnd === month.resetsAt);
      if (closed === undefined) throw new Error(`The month of ${budgetId} that ended at ${month.resetsAt} was not closed`);
      return closed;
    },
    stop: () => (stopping ??= stopAll()),
  };
}

async function createKitWorker(
  { nativeConnection, connection }: TestWorkflowEnvironment,
  options: TestKitOptions & { store: BudgetStore },
  outbound: ReturnType<typeof createOutbound>,
): Promise<Worker> {
  const { workflowsPath, workflowBundle, activities, agents: inProcess = {}, store } = options;
  const connectors = createConnectors({ outbound, env: {}, inProcess });
  // Without them no invocation of an agent could begin.
  await addSearchAttributes(connection, 'default');
  return Worker.create({
    connection: nativeConnection,
    taskQueue: TASK_QUEUE,
    ...(workflowBundle === undefined ? { workflowsPath: workflowsPath ?? ownWorkflowsPath() } : { workflowBundle }),
    activities: {
      ...activities,
      ...createActivities({ store, connectors, estimateCostUsd: (agent, input) => estimateCostUsd(agent, input, inProcess) }),
    },
  });
}

function budgetOf({ organizationId, teamId, userId, agentId, monthlyUsd, dailyUsd, ...budget }: TestBudget): Budget {
  const { monthlyExecutions = null, dailyExecutions = null, ...rest } = budget;
  return {
    ...BUDGET_DEFAULTS,
    budgetId: 'monthly',
    ...rest,
    scope: { organizationId, teamId: teamId ?? null, userId: userId ?? null, agentId: agentId ?? null },
    limits: {
      ...UNLIMITED,
      ...(monthlyUsd !== undefined && { monthlyMicroUsd: fromUsd(monthlyUsd) }),
      ...(dailyUsd !== undefined && { dailyMicroUsd: fromUsd(dailyUsd) }),
      monthlyExecutions,
      dailyExecutions,
    },
  };
}

let runs = 0;

function nextId(workflowType: string | Workflow): string {
  runs += 1;
  return `${typeof workflowType === 'string' ? workflowType : workflowType.name}-${String(runs)}`;
}

// Once a process, and only where nobody chose otherwise: the SDK tells of every state of every worker.
function installQuietRuntime(): void {
  try {
    Runtime.install(quietRuntime);
  } catch {
    // Somebody did.
  }
}
