import { DEFAULT_TTL_MS, type BudgetRequest, type ReserveResult } from '../src/contract/payloads/budgeted-work';
import { denialPayload } from '../src/contract/payloads/denial';
import { grantPayload } from '../src/contract/payloads/grant';
import { holdPayload } from '../src/contract/payloads/hold';
import type { InvocationRequest, RunPlan } from '../src/contract/payloads/invocation';
import type { AgentDefinition } from '../src/contract/schemas/agent';
import { parse } from '../src/contract/schemas/parse';
import { budgetRequest, invocationRequest } from '../src/contract/schemas/requests';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import { fingerprintOf } from '../src/contract/fingerprint';
import type { Reserve, ReserveAnswer, Run } from '../src/domain/ledger';
import { fromUsd } from '../src/domain/money';
import { perform } from '../src/store/budget-store';
import { countingOutages } from './budget-metrics';
import type { ActivityDependencies } from './dependencies';
import { withNamedFailures } from './failures';

/** What a workflow adds to a request: under which key, from which run, and when. */
export interface ReserveContext {
  readonly key: string;
  readonly at: number;
  readonly run: Run;
}

export type InvocationReserveResult = ReserveResult & { readonly plan: RunPlan };

export function createReserveActivities({ store, estimateCostUsd }: ActivityDependencies) {
  async function hold(organizationId: string, operation: Omit<Reserve, 'kind'>): Promise<ReserveResult> {
    const answer = await perform(store, organizationId, { kind: 'reserve', ...operation });
    return resultOf(answer);
  }

  const deciding = <Result>(decide: () => Promise<Result>) => withNamedFailures(() => countingOutages(decide));

  return {
    /** Reserves budget for a workflow's own work. */
    reserveBudget: (request: BudgetRequest, context: ReserveContext): Promise<ReserveResult> =>
      deciding(async () => {
        const { organizationId, estimatedCostUsd, ttlMs, chargedBy, ...rest } = parse(budgetRequest, 'The budget request', request);
        const call = { organizationId, teamId: rest.teamId ?? null, userId: rest.userId ?? null, agentId: rest.agentId ?? null };
        const estimateMicroUsd = fromUsd(estimatedCostUsd);
        return hold(organizationId, {
          ...context,
          call,
          estimateMicroUsd,
          ttlMs: ttlMs ?? DEFAULT_TTL_MS,
          fingerprint: fingerprintOf({ call, estimateMicroUsd }),
          startsWork: chargedBy !== 'attempts',
        });
      }),

    /** Reserves budget for an invocation, at the agent's own estimate unless the caller gave one. */
    reserveForAgent: (request: InvocationRequest, context: ReserveContext): Promise<InvocationReserveResult> =>
      deciding(async () => {
        const checked = parse(invocationRequest, 'The invocation request', request);
        const { organizationId, agentId, ttlMs } = checked;
        const agent = await store.agent(organizationId, agentId);
        if (agent === undefined) {
          throw new DomainError(DomainErrorCode.agentNotFound, `Organization ${organizationId} has no agent ${agentId}. Register it first`);
        }
        const result = await hold(organizationId, {
          ...context,
          call: { organizationId, teamId: checked.teamId ?? null, userId: checked.userId ?? null, agentId },
          estimateMicroUsd: fromUsd(checked.estimatedCostUsd ?? estimateCostUsd(agent, checked.input)),
          ttlMs: ttlMs ?? DEFAULT_TTL_MS,
          // The agent's estimate may change between two tries of one request; what was asked for does not.
          fingerprint: request.fingerprint ?? fingerprintOf(request),
          startsWork: false,
        });
        return { ...result, plan: planOf(agent) };
      }),
  };
}

function resultOf(answer: ReserveAnswer): ReserveResult {
  const common = { key: answer.receipt.key, hold: holdPayload(answer.receipt) };
  switch (answer.status) {
    case 'granted':
      return { status: 'granted', ...common, grant: grantPayload(answer.decision) };
    case 'denied':
      return { status: 'denied', ...common, denial: denialPayload(answer.denial) };
    case 'taken':
      return { status: 'taken', ...common };
  }
}

function planOf({ platform, model, timeoutMs, maxAttempts }: AgentDefinition): RunPlan {
  return { platform, model: model ?? null, timeoutMs, maxAttempts };
}
