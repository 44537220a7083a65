import type { WorkflowStartOptions } from '@temporalio/client';
import { summaryOf } from '../contract/names/summary';
import { MemoField } from '../contract/names/workflows';
import type { InvocationRequest, InvocationResult } from '../contract/payloads/invocation';
import type { Scope } from '../domain/scope';
import type { PreparedInvocation } from './invocation-request';

export type InvocationWorkflow = (request: InvocationRequest) => Promise<InvocationResult>;

/** Whom an invocation was made for, within its organization. */
export type InvocationCall = Omit<Scope, 'organizationId'>;

/** A key is one run, for as long as the server remembers it; after that the ledger does. */
export type Reuse = 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY';

/** How a client starts the run of a request. */
export function startOptions(
  { workflowId, request, fingerprint, callId }: PreparedInvocation,
  taskQueue: string,
  workflowIdReusePolicy: Reuse,
): WorkflowStartOptions<InvocationWorkflow> {
  const { organizationId, teamId = null, userId = null, agentId } = request;
  return {
    workflowId,
    taskQueue,
    args: [request],
    workflowIdReusePolicy,
    memo: {
      [MemoField.fingerprint]: fingerprint,
      [MemoField.call]: { teamId, userId, agentId } satisfies InvocationCall,
      [MemoField.startedFor]: callId,
    },
    staticSummary: summaryOf(`${agentId} for ${organizationId}`),
    staticDetails: detailsOf(request),
  };
}

function detailsOf({ organizationId, teamId, userId, agentId, estimatedCostUsd }: InvocationRequest): string {
  const rows = { organization: organizationId, team: teamId, user: userId, agent: agentId, 'estimated cost (USD)': estimatedCostUsd };
  return Object.entries(rows)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `- ${name}: ${String(value)}`)
    .join('\n');
}
