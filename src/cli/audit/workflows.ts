import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Hold } from '../../domain/ledger';
import { FindingKind, type Finding } from '../../store/loose-ends';
import { isUnknown, statusOf } from '../workflow-status';

/** So that no server is kept busy by an audit. */
const AT_ONCE = 8;
const RUNS_A_QUERY = 50;

/**
 * The open holds whose workflow ended before `before`, or is unknown: nobody will settle them until they expire. Holds of no run are a
 * caller's own; those of a run that Temporal never heard of, under a key that names no workflow, are a guard's.
 */
export async function endedWorkflows(client: Client, holds: readonly Hold[], before: number): Promise<Finding[]> {
  const ofRuns = holds.filter(({ runId }) => runId !== null);
  const byRun = await workflowsOfRuns(
    client,
    ofRuns.filter((hold) => workflowInKey(hold) === null),
  );
  const named = ofRuns.flatMap((hold) => {
    const workflowId = workflowInKey(hold) ?? byRun.get(hold.runId ?? '');
    return workflowId === undefined ? [] : [{ hold, workflowId }];
  });
  const current = await described(client, [...new Set(named.map(({ workflowId }) => workflowId))]);
  return named.flatMap(({ hold, workflowId }) => findingOf(hold, workflowId, current.get(workflowId) ?? null, before) ?? []);
}

function findingOf(hold: Hold, workflowId: string, current: WorkflowExecutionDescription | null, before: number): Finding | null {
  const { key } = hold;
  if (current === null) {
    const why = `Temporal knows no ${workflowId}`;
    return hold.at > before ? null : { kind: FindingKind.unknownWorkflow, key, since: hold.at, why };
  }
  const { runId, status, startTime, closeTime } = current;
  const first = current.raw.workflowExecutionInfo?.firstRunId ?? '';
  // What an operator resets goes on under the hold of the run before. Where the server does not say, it may be so.
  const isSame = runId === hold.runId || first === '' || first === hold.firstExecutionRunId;
  if (isSame && status.name === 'RUNNING') return null;
  // Of a workflow id one run at a time is open.
  const endedAt = (isSame ? (closeTime ?? startTime) : startTime).getTime();
  const why = isSame ? `${workflowId} is ${statusOf(status.name)}` : `${workflowId} is another run by now`;
  return endedAt > before ? null : { kind: FindingKind.endedWorkflow, key, since: endedAt, why };
}

/** Of a workflow's own key, `workflowId:runId:n`. */
function workflowInKey({ key, runId }: Hold): string | null {
  const [workflowId, n, ...more] = key.split(`:${runId ?? ''}:`);
  return workflowId !== undefined && n !== undefined && /^\d+$/.test(n) && more.length === 0 ? workflowId : null;
}

// A caller's key says nothing of the workflow, and visibility may be late: what it knows is so, what it does not know may be.
async function workflowsOfRuns({ workflow }: Client, holds: readonly Hold[]): Promise<Map<string, string>> {
  const runIds = holds.flatMap(({ runId }) => (runId !== null && /^[\da-f-]{36}$/.test(runId) ? [runId] : []));
  const found = new Map<string, string>();
  for (let from = 0; from < runIds.length; from += RUNS_A_QUERY) {
    const quoted = runIds.slice(from, from + RUNS_A_QUERY).map((runId) => `'${runId}'`);
    for await (const { runId, workflowId } of workflow.list({ query: `RunId IN (${quoted.join(', ')})` })) found.set(runId, workflowId);
  }
  return found;
}

async function described({ workflow }: Client, workflowIds: readonly string[]): Promise<Map<string, WorkflowExecutionDescription>> {
  const found = new Map<string, WorkflowExecutionDescription>();
  const left = [...workflowIds];
  const describeOn = async () => {
    for (let workflowId = left.pop(); workflowId !== undefined; workflowId = left.pop()) {
      try {
        found.set(workflowId, await workflow.getHandle(workflowId).describe());
      } catch (error) {
        if (!isUnknown(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, describeOn));
  return found;
}
