import type { InvocationReceipt } from '../../contract/payloads/invocation';
import type { GrantPayload } from '../../contract/payloads/grant';
import { denialJson } from '../../http/denial';

type DenialJson = ReturnType<typeof denialJson>;

/** An invocation as the HTTP API writes it; null is what is not known yet. */
export interface InvocationView {
  readonly invocationId: string;
  readonly workflowId: string;
  readonly organizationId: string | null;
  readonly externalAgentId: string | null;
  readonly status: string;
  readonly costUsd: number | null;
  readonly reservedUsd: number | null;
  readonly overageUsd: number | null;
  readonly attempts: number | null;
  readonly isUnconfirmed: boolean | null;
  readonly degradedMode: boolean;
  readonly warningTriggered: boolean;
  readonly warningMessage: string | null;
  /** How its budgets stood when it was let in. */
  readonly budget: StandingView | null;
  readonly usage: InvocationReceipt['usage'];
  readonly costSource: InvocationReceipt['costSource'];
  readonly denial: DenialJson | null;
  readonly error: InvocationReceipt['error'];
  /** To Temporal's Web UI, where we know it. */
  readonly webUiLink: string | null;
}

type StandingView = Pick<GrantPayload, 'reason' | 'usage' | 'remainingUsd' | 'remainingExecutions' | 'isUnbudgeted'>;

export interface Named {
  readonly workflowId: string;
  readonly status: string;
  readonly webUiLink: string | null;
}

export function invocationView({ workflowId, status, webUiLink }: Named, receipt: InvocationReceipt | null): InvocationView {
  const grant = receipt?.grant ?? null;
  const denial = receipt?.denial ?? null;
  return {
    invocationId: invocationIdOf(workflowId),
    workflowId,
    organizationId: receipt?.organizationId ?? null,
    externalAgentId: receipt?.agentId ?? null,
    status: receipt?.status ?? status,
    costUsd: receipt?.chargedUsd ?? null,
    reservedUsd: receipt?.reservedUsd ?? null,
    overageUsd: receipt?.overageUsd ?? null,
    attempts: receipt?.attempts ?? null,
    isUnconfirmed: receipt?.isUnconfirmed ?? null,
    degradedMode: grant?.isDegraded ?? false,
    warningTriggered: (grant?.warningMessage ?? null) !== null,
    warningMessage: grant?.warningMessage ?? null,
    budget: grant && standingView(grant),
    usage: receipt?.usage ?? null,
    costSource: receipt?.costSource ?? null,
    denial: denial && denialJson(denial),
    error: receipt?.error ?? null,
    webUiLink,
  };
}

export function standingView({ reason, usage, remainingUsd, remainingExecutions, isUnbudgeted }: GrantPayload): StandingView {
  return { reason, usage, remainingUsd, remainingExecutions, isUnbudgeted };
}

/** The last part of the workflow's id: the caller's key, or a random one. */
export function invocationIdOf(workflowId: string): string {
  return workflowId.split('/').at(-1) ?? workflowId;
}
