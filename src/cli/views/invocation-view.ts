import type { InvocationReceipt } from '../../contract/payloads/invocation';
import type { DenialPayload } from '../../contract/payloads/denial';
import { scopeView, type ScopeView } from './scope-view';

/** An invocation as the HTTP API writes it; null is what is not known yet. */
export interface InvocationView {
  readonly invocationId: string;
  readonly workflowId: string;
  readonly organizationId: string | null;
  readonly agentId: string | null;
  readonly status: string;
  readonly costUsd: number | null;
  readonly reservedUsd: number | null;
  readonly overageUsd: number | null;
  readonly attempts: number | null;
  readonly isUnconfirmed: boolean | null;
  readonly degradedMode: boolean;
  readonly warningTriggered: boolean;
  readonly warningMessage: string | null;
  readonly remainingBudgetUsd: number | null;
  readonly usage: InvocationReceipt['usage'];
  readonly costSource: InvocationReceipt['costSource'];
  readonly denial: DenialView | null;
  readonly error: InvocationReceipt['error'];
  /** To Temporal's Web UI, where we know it. */
  readonly link: string | null;
}

/** Cost denials have `limit_usd`, `spent_usd`..., those of counts `limit_executions`, `spent_executions`... */
export interface DenialView extends Pick<DenialPayload, 'code' | 'budgetId' | 'level' | 'resetsAt' | 'reason'> {
  readonly scope: ScopeView;
  readonly [amount: `${string}${'Usd' | 'Executions'}`]: number;
}

export interface Named {
  readonly workflowId: string;
  readonly status: string;
  readonly link: string | null;
}

export function invocationView({ workflowId, status, link }: Named, receipt: InvocationReceipt | null): InvocationView {
  const grant = receipt?.grant ?? null;
  const denial = receipt?.denial ?? null;
  return {
    invocationId: invocationIdOf(workflowId),
    workflowId,
    organizationId: receipt?.organizationId ?? null,
    agentId: receipt?.agentId ?? null,
    status: receipt?.status ?? status,
    costUsd: receipt?.chargedUsd ?? null,
    reservedUsd: receipt?.reservedUsd ?? null,
    overageUsd: receipt?.overageUsd ?? null,
    attempts: receipt?.attempts ?? null,
    isUnconfirmed: receipt?.isUnconfirmed ?? null,
    degradedMode: grant?.isDegraded ?? false,
    warningTriggered: (grant?.warningMessage ?? null) !== null,
    warningMessage: grant?.warningMessage ?? null,
    remainingBudgetUsd: grant?.remainingUsd ?? null,
    usage: receipt?.usage ?? null,
    costSource: receipt?.costSource ?? null,
    denial: denial && denialView(denial),
    error: receipt?.error ?? null,
    link,
  };
}

export function denialView({ code, budgetId, scope, level, resetsAt, reason, ...amounts }: DenialPayload): DenialView {
  const unit = code.endsWith('_executions') ? 'Executions' : 'Usd';
  const named = Object.entries(amounts).map(([name, amount]) => [`${name}${unit}`, amount] as const);
  return { code, budgetId, level, scope: scopeView(scope), ...Object.fromEntries(named), resetsAt, reason };
}

/** The last part of the workflow's id: the caller's key, or a random one. */
export function invocationIdOf(workflowId: string): string {
  return workflowId.split('/').at(-1) ?? workflowId;
}
