import { workflowInfo } from '@temporalio/workflow';
import type { Run } from '../src/domain/ledger';

const counters = new Map<string, number>();

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
