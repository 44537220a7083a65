import { invocationWorkflowId } from '../contract/names/workflows';
import type { Hold } from '../domain/ledger';

/** What callers know a run by: the end of its workflow's id, which no other run of its organization has. Null for other workflows. */
export function invocationIdOf(workflowId: string): string | null {
  return /^agent-invocation\/[^/]+\/([^/]+)$/.exec(workflowId)?.[1] ?? null;
}

/** The workflow that holds; null where none does, or where the key does not say which. */
export function workflowIdOfHold({ organizationId, key, runId, call }: Hold): string | null {
  if (runId === null) return null;
  // A key that a run makes for itself is `workflowId:runId:n`; no key of a caller's own has a slash.
  const own = key.lastIndexOf(`:${runId}:`);
  if (own > 0) return key.slice(0, own);
  return call.agentId === null || key.includes('/') ? null : invocationWorkflowId(organizationId, key);
}
