import { ApplicationFailure, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { BudgetOutcome, BudgetRequest } from '../../src/contract/payloads/budgeted-work';
import { failureWithCost, withBudget, type BudgetOptions } from '../../workflows';

export * from '../../workflows';

const { spend } = proxyActivities<{ spend(amountUsd: number): Promise<number> }>({ startToCloseTimeout: '30s' });

// Runs of these are recorded in test/histories, and are replayed on what stands here: another order of steps takes another workflow.

/** A user's own workflow: one activity under a budget. */
export function budgetedWork(request: BudgetRequest, costUsd: number | null, options?: BudgetOptions): Promise<BudgetOutcome<string>> {
  const work = async () => {
    if (costUsd !== null) await spend(costUsd);
    return { value: 'done', costUsd };
  };
  return withBudget(request, work, options);
}

/** Fails after it spent, on every attempt but the last: its retry policy makes it run again. */
export function failingWork(request: BudgetRequest, costUsd: number, failures: number): Promise<BudgetOutcome<string>> {
  return withBudget(request, () => {
    if (workflowInfo().attempt <= failures) throw failureWithCost('spent, and failed', costUsd);
    return Promise.resolve({ value: 'done', costUsd });
  });
}

/** Work that is cut off: sleeps under its hold until somebody ends it. */
export function sleepyWork(request: BudgetRequest): Promise<BudgetOutcome<string>> {
  return withBudget(request, async () => {
    await sleep('1 hour');
    return { value: 'done', costUsd: 0 };
  });
}

/** Work whose tries are charged one by one; one that does not begin within four seconds is given to somebody else. */
export function triedWork(request: BudgetRequest, maximumAttempts: number): Promise<BudgetOutcome<string>> {
  const { tried } = proxyActivities<{ tried(organizationId: string, key: string): Promise<number> }>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '4s',
    retry: { maximumAttempts, initialInterval: '100ms' },
  });
  return withBudget({ ...request, chargedBy: 'attempts' }, async ({ key }) => ({
    value: 'done',
    costUsd: await tried(request.organizationId, key),
  }));
}

/** The same work asked for twice at once: how each ended. */
export async function doubledWork(request: BudgetRequest, costUsd: number): Promise<PromiseSettledResult<BudgetOutcome<string>>[]> {
  return Promise.allSettled([budgetedWork(request, costUsd), budgetedWork(request, costUsd)]);
}

/** Work whose failure names no cost. */
export function brokenWork(request: BudgetRequest): Promise<BudgetOutcome<string>> {
  return withBudget(request, () => {
    throw ApplicationFailure.nonRetryable('broken');
  });
}

/** Work that takes its time under its hold, and then ends as told. */
export function timedWork(request: BudgetRequest, minutes: number, costUsd: number | null, fails: boolean): Promise<BudgetOutcome<string>> {
  return withBudget(request, async () => {
    await sleep(minutes * 60_000);
    if (!fails) return { value: 'done', costUsd };
    throw costUsd === null
      ? ApplicationFailure.nonRetryable('failed')
      : failureWithCost('failed, and cost', costUsd, { nonRetryable: true });
  });
}
