import type { z } from 'zod';
import type { InvocationCall, InvocationDescription } from '../client';
import type { InvocationOutcome } from '../contract/names/search-attributes';
import type { AdmissionPayload, InvocationReceipt } from '../contract/payloads/invocation';
import { denialJson } from './denial';
import { invocationIdOf } from './invocation-ids';
import type { invocation } from './schemas/invocations';
import { snakeKeys } from './snake';

export type InvocationJson = z.input<typeof invocation>;

/** A run as it stands. `output` is what its agent answered, where it has; `admission` how it was decided, where that was asked. */
export function invocationJson(
  found: InvocationDescription,
  output: unknown,
  webUiLink: string | null,
  admission: AdmissionPayload | null = null,
): InvocationJson {
  const { workflowId, call, startedAt, state, status } = found;
  const receipt = lastReceipt(found);
  return {
    invocation_id: invocationIdOf(workflowId) ?? workflowId,
    workflow_id: workflowId,
    status: receipt?.status ?? state?.outcome ?? outcomeOf(status),
    phase: state?.phase ?? (receipt === null ? null : 'ended'),
    ...callJson(call, receipt),
    started_at: startedAt.toISOString(),
    output,
    ...receiptJson(receipt, admission),
    web_ui_link: webUiLink,
  };
}

/** A run that has just ended says so sooner than its memo does. */
export function lastReceipt({ receipt, state }: Pick<InvocationDescription, 'receipt' | 'state'>): InvocationReceipt | null {
  return receipt ?? state?.receipt ?? null;
}

/** What a receipt says, and before there is one, the admission. */
function receiptJson(receipt: InvocationReceipt | null, admission: AdmissionPayload | null) {
  const { grant = null, reservedUsd = null } = receipt ?? admission ?? {};
  const usage = receipt?.usage ?? null;
  return {
    cost_usd: receipt?.chargedUsd ?? null,
    reserved_usd: reservedUsd,
    overage_usd: receipt?.overageUsd ?? null,
    attempts: receipt?.attempts ?? null,
    is_unconfirmed: receipt?.isUnconfirmed ?? null,
    usage: usage && snakeKeys(usage),
    cost_source: receipt?.costSource ?? null,
    budget: grant && {
      reason: grant.reason,
      usage: grant.usage,
      remaining_usd: grant.remainingUsd,
      remaining_executions: grant.remainingExecutions,
      is_unbudgeted: grant.isUnbudgeted,
    },
    degraded_mode: grant?.isDegraded ?? false,
    warning_triggered: typeof grant?.warningMessage === 'string',
    warning_message: grant?.warningMessage ?? null,
    denial: receipt?.denial ? denialJson(receipt.denial) : null,
    error: receipt?.error ?? null,
  };
}

function callJson(call: InvocationCall | null, receipt: InvocationReceipt | null) {
  return {
    external_agent_id: call?.agentId ?? receipt?.agentId ?? null,
    team_id: call?.teamId ?? null,
    user_id: call?.userId ?? null,
  };
}

/** Of a run that says nothing of itself: Temporal's own word. */
function outcomeOf(status: string): InvocationOutcome {
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') return 'running';
  if (status === 'COMPLETED') return 'completed';
  return status === 'CANCELED' ? 'cancelled' : 'failed';
}
