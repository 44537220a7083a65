import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { FailureType } from '../src/contract/names/failures';
import type { Run } from '../src/domain/ledger';

const counters = new Map<string, number>();
const inUse = new Set<string>();

/** This run, as the ledger knows it. */
export function currentRun(): Run {
  const { runId, firstExecutionRunId } = workflowInfo();
  return { runId, firstExecutionRunId };
}

/**
 * A key for the next hold of this run: `workflowId:runId:n`. Not firstExecutionRunId, which retries, cron runs and resets
 * share: a later run would meet an earlier one's settled answer, and work for free.
 */
export function nextHoldKey(): string {
  const { workflowId, runId } = workflowInfo();
  const n = (counters.get(runId) ?? 0) + 1;
  counters.set(runId, n);
  return `${workflowId}:${runId}:${String(n)}`;
}

/**
 * Does work under the caller's key, or the next of this run. Throws ApplicationFailure `KeyConflict` while this run has other work under
 * that key: the ledger could not tell it from the same work, asked for twice.
 */
export async function underKey<Result>(given: string | undefined, work: (key: string) => Promise<Result>): Promise<Result> {
  const key = given ?? nextHoldKey();
  const use = `${workflowInfo().runId} ${key}`;
  if (inUse.has(use)) {
    throw ApplicationFailure.nonRetryable(
      `This run has work under way with the key ${key}: wait for it, or use another key`,
      FailureType.keyConflict,
    );
  }
  inUse.add(use);
  try {
    return await work(key);
  } finally {
    inUse.delete(use);
  }
}
