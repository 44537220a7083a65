import type { ReserveResult } from '../src/contract/payloads/budgeted-work';
import type { HoldPayload } from '../src/contract/payloads/hold';
import type { AgentResult, InvocationReceipt, InvocationRequest } from '../src/contract/payloads/invocation';

/** What is known when an invocation ends. Without a hold, nothing was reserved. */
export interface Ending {
  readonly status: InvocationReceipt['status'];
  readonly hold?: HoldPayload;
  readonly reserved?: ReserveResult;
  readonly agent?: AgentResult;
  readonly error?: { readonly type: string; readonly message: string };
}

export function receiptOf(
  { organizationId, agentId }: InvocationRequest,
  { status, hold, reserved, agent, error }: Ending,
): InvocationReceipt {
  const lastDenial = agent?.status === 'denied' ? agent.denial : null;
  return {
    status,
    organizationId,
    agentId,
    reservedUsd: hold?.reservedUsd ?? 0,
    chargedUsd: hold?.chargedUsd ?? 0,
    overageUsd: hold?.overageUsd ?? 0,
    attempts: hold?.attempts ?? 0,
    isUnconfirmed: hold?.isUnconfirmed ?? false,
    isLate: hold?.isLate ?? false,
    grant: reserved?.status === 'granted' ? reserved.grant : null,
    denial: lastDenial ?? (reserved?.status === 'denied' ? reserved.denial : null),
    usage: agent?.status === 'answered' ? agent.usage : null,
    costSource: agent?.status === 'answered' ? agent.costSource : null,
    error: error ?? null,
    ledgerKey: hold?.key ?? '',
  };
}
