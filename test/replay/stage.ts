import type { WorkflowStartOptions } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { TASK_QUEUE } from '../../src/contract/names/workflows';
import type { AgentDefinitionInput } from '../../src/contract/schemas/agent';
import type { InvocationRequest } from '../../src/contract/payloads/invocation';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { BudgetStore } from '../../src/store/budget-store';
import { startReceivers, type Receivers } from '../support/alerting';
import { organizationWith } from '../support/budgets';
import { cutConnectionTo, type CutConnection } from '../support/cut-connection';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';
import { actor, type Turn } from './actor';
import { resetRun } from '../support/reset-run';

/** A run whose history is recorded; without `runId`, the last of its workflow. */
export interface Run {
  readonly workflowId: string;
  readonly runId?: string;
}

/** What scenarios are played on: a worker whose way to its ledger can be cut, and a way that cannot. */
export interface Stage {
  readonly harness: Harness;
  readonly store: BudgetStore;
  readonly ledger: CutConnection;
  readonly databaseUrl: string;
  readonly receivers: Receivers;
  close(): Promise<void>;
}

/** Plays a run to where its history is to be recorded; or returns that, where it is on a server of its own. */
export type Scenario = (stage: Stage) => Promise<Run | History>;

export async function openStage(): Promise<Stage> {
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  const url = new URL(databaseUrl);
  const ledger = await cutConnectionTo(url.hostname, Number(url.port));
  url.host = ledger.address;
  const receivers = await startReceivers();
  const harness = await startHarness({ actor }, { databaseUrl: url.href, taskQueue: TASK_QUEUE, smtpUrl: receivers.mail.url });
  const store = createPostgresStore(databaseUrl, { maxConnections: 2 });
  const close = async () => {
    await harness.stop();
    await Promise.all([store.close(), receivers.close(), ledger.close()]);
  };
  return { harness, store, ledger, databaseUrl, receivers, close };
}

/** An organization with a month's budget and the agent `worker`, which takes the turns that its input names. */
export function organization(
  { store }: Stage,
  { monthlyUsd = 10, agent = {} }: { monthlyUsd?: number; agent?: Partial<AgentDefinitionInput> } = {},
): Promise<string> {
  const worker = { agentId: 'worker', platform: 'in_process', functionName: 'actor', estimatedCostUsd: 1, ...agent };
  return organizationWith(store, monthlyUsd, worker as AgentDefinitionInput);
}

export const requestOf = (organizationId: string, ...turns: Turn[]): InvocationRequest => ({
  organizationId,
  agentId: 'worker',
  input: turns,
});

/** Starts a workflow of the given type. */
export async function start(
  { harness: { temporal, taskQueue } }: Stage,
  workflowType: string,
  args: unknown[],
  options: Partial<WorkflowStartOptions> = {},
) {
  const workflowId = `${workflowType}/${String(Date.now())}`;
  const started = await temporal.workflow.start(workflowType, { workflowId, taskQueue, args, ...options });
  return { workflowId, runId: started.firstExecutionRunId };
}

/** The run, once it has ended, however it did. */
export async function ended<Ran extends Run>(stage: Stage, run: Ran): Promise<Ran> {
  await stage.harness.temporal.workflow.result(run.workflowId, run.runId).catch(() => undefined);
  return run;
}

export const historyOf = ({ harness }: Stage, { workflowId, runId }: Run): Promise<History> =>
  harness.temporal.workflow.getHandle(workflowId, runId).fetchHistory();

type Event = NonNullable<History['events']>[number];

/** Waits until something has happened in a run. */
export async function until(stage: Stage, run: Run, hasHappened: (event: Event) => unknown): Promise<void> {
  await eventually(
    async () => (await historyOf(stage, run)).events ?? [],
    (events) => events.some(hasHappened),
  );
}

/** Resets a run to before what its first task did; the run that does it again. */
export async function resetToItsBegin(stage: Stage, { workflowId }: Run): Promise<Run> {
  return ended(stage, { workflowId, runId: await resetRun(stage.harness.temporal, workflowId) });
}
