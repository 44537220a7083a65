import type { WorkflowStartOptions } from '@temporalio/client';
import type { BudgetRequest } from '../../src/contract/payloads/budgeted-work';
import { ended, organization, resetToItsBegin, start, until, type Run, type Scenario, type Stage } from './stage';

interface Setting {
  readonly monthlyUsd?: number;
  readonly request?: Partial<BudgetRequest>;
  readonly options?: Partial<WorkflowStartOptions>;
}

type Begin = (stage: Stage) => Promise<Run>;

/** Starts a workflow of test/support/workflows.ts on a request, with more arguments. */
const begin =
  (workflowType: string, more: unknown[], { monthlyUsd = 10, request, options }: Setting = {}): Begin =>
  async (stage) =>
    start(
      stage,
      workflowType,
      [{ organizationId: await organization(stage, { monthlyUsd }), estimatedCostUsd: 1, ...request }, ...more],
      options,
    );

const run =
  (...args: Parameters<typeof begin>): Begin =>
  async (stage) =>
    ended(stage, await begin(...args)(stage));

/** Does something to a run that sleeps under its hold. */
const whileItSleeps =
  (beginning: Begin, act: (stage: Stage, run: Run) => Promise<unknown>): Scenario =>
  async (stage) => {
    const sleeping = await beginning(stage);
    await until(stage, sleeping, (event) => event.timerStartedEventAttributes);
    await act(stage, sleeping);
    return ended(stage, sleeping);
  };

const cancel = ({ harness }: Stage, { workflowId }: Run) => harness.temporal.workflow.getHandle(workflowId).cancel();

const ELSEWHERE = { taskQueue: 'agent-budget' };
const TWICE = { retry: { initialInterval: '10ms', maximumAttempts: 2 } } as const;

/** The first run of a workflow that retries, or the second. */
const retried =
  (which: 'first' | 'second', request: Partial<BudgetRequest> = {}): Scenario =>
  async (stage) => {
    const { workflowId, runId } = await begin('failingWork', [0.5, 1], { request, options: TWICE })(stage);
    await ended(stage, { workflowId });
    return which === 'first' && runId !== undefined ? { workflowId, runId } : { workflowId };
  };

/** Ends its work while the ledger is away, which comes back as soon as a regular activity settles. */
const settledRegularly: Scenario = whileItSleeps(begin('timedWork', [0.05, 0.4, false]), async (stage, sleeping) => {
  stage.ledger.cut();
  await until(stage, sleeping, (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'commitCost');
  stage.ledger.mend();
});

/** Users' workflows with `withBudget`, by type and outcome. */
export const usersWorkflows: Record<string, Record<string, Scenario>> = {
  budgetedWork: {
    completed: run('budgetedWork', [0.4]),
    'completed-above-its-hold': run('budgetedWork', [3]),
    'completed-at-unknown-cost': run('budgetedWork', [null]),
    'failed-at-no-cost-that-is-one': run('budgetedWork', [-1]),
    'charged-by-attempts': run('budgetedWork', [0], { request: { chargedBy: 'attempts' } }),
    denied: run('budgetedWork', [0.4], { monthlyUsd: 0.5 }),
    refused: run('budgetedWork', [0.4], { request: { organizationId: 'bad org!' } }),
    'completed-with-budgets-elsewhere': run('budgetedWork', [0.4, ELSEWHERE]),
    'denied-with-budgets-elsewhere': run('budgetedWork', [0.4, ELSEWHERE], { monthlyUsd: 0.5 }),
    replayed: async (stage) => {
      const request = { organizationId: await organization(stage), key: 'once' };
      await run('budgetedWork', [0.4], { request })(stage);
      return run('budgetedWork', [0.4], { request })(stage);
    },
    reset: async (stage) => resetToItsBegin(stage, await run('budgetedWork', [0.4])(stage)),
  },
  doubledWork: {
    'completed-twice': run('doubledWork', [0.4]),
    'one-key-at-once': run('doubledWork', [0.4], { request: { key: 'doubled' } }),
  },
  brokenWork: { failed: run('brokenWork', []) },
  failingWork: {
    'failed-at-a-cost': retried('first'),
    'completed-as-a-retried-run': retried('second'),
    'completed-as-a-retried-run-under-its-callers-key': retried('second', { key: 'retried' }),
  },
  sleepyWork: {
    cancelled: whileItSleeps(begin('sleepyWork', []), cancel),
    terminated: whileItSleeps(begin('sleepyWork', []), ({ harness }, { workflowId }) =>
      harness.temporal.workflow.getHandle(workflowId).terminate(),
    ),
    'timed-out-as-a-run': run('sleepyWork', [], { options: { workflowRunTimeout: '2s' } }),
  },
  timedWork: {
    'completed-after-its-ttl': run('timedWork', [0.05, 0.4, false], { request: { ttlMs: 1_000 } }),
    'failed-at-a-cost': run('timedWork', [0.001, 0.4, true]),
    'settled-when-the-ledger-came-back': settledRegularly,
  },
};
