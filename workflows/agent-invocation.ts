import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
  type TemporalFailure,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { QueryName, UpdateName } from '../src/contract/names/workflows';
import type {
  AdmissionPayload,
  AgentResult,
  InvocationRequest,
  InvocationResult,
  InvocationState,
  RunPlan,
} from '../src/contract/payloads/invocation';
import { admissionOf, assertSameRequest } from './admission';
import { agentOptions } from './agent-options';
import { currentRun, nextHoldKey } from './hold-key';
import { endWith, failureWith, showPhase, startShowing } from './invocation-display';
import { receiptOf, type Ending } from './invocation-receipt';
import { reserveOn, settleOn } from './ledger';
import { namedFailure, refusalOf } from './named-failure';
import { reserveOrRelease } from './with-budget';

export const admission = defineUpdate<AdmissionPayload, [{ fingerprint: string | null }]>(UpdateName.admission);
export const state = defineQuery<InvocationState>(QueryName.state);

/**
 * One budgeted invocation of a registered agent: reserve, run, settle. A denied run completes, with its denial. A failed
 * one fails under the agent's failure code, with its receipt in the details; every end is in result, memo and search
 * attributes.
 */
export async function agentInvocation(request: InvocationRequest): Promise<InvocationResult> {
  let current: InvocationState = { phase: 'reserving', outcome: 'running', receipt: null };
  let admitted: AdmissionPayload | undefined;
  let refusal: TemporalFailure | undefined;
  setHandler(state, () => current);
  setHandler(
    admission,
    async () => {
      await condition(() => admitted !== undefined || refusal !== undefined);
      if (admitted !== undefined) return admitted;
      throw refusal ?? namedFailure('The run was decided in no way');
    },
    {
      validator: ({ fingerprint }: { fingerprint: string | null }) => {
        assertSameRequest(request, fingerprint);
      },
    },
  );

  const problem = refusalOf(request);
  if (problem !== null) {
    refusal = problem;
    await condition(allHandlersFinished);
    throw problem;
  }
  const { organizationId, agentId } = request;
  const enter = (phase: InvocationState['phase'], note: string) => {
    current = { ...current, phase };
    showPhase(request, note);
  };
  const finish = async (ending: Ending): Promise<InvocationResult> => {
    const receipt = receiptOf(request, ending);
    current = { phase: 'ended', outcome: receipt.status, receipt };
    endWith(request, receipt);
    // An update that is still answering would be lost with the run. Mostly there is none, and waiting costs a pass through the sandbox.
    if (!allHandlersFinished()) await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    return { ...receipt, output: ending.agent?.status === 'answered' ? ending.agent.output : null };
  };

  try {
    startShowing(request);
    const reserved = await reserveOrRelease(
      organizationId,
      request.idempotencyKey ?? nextHoldKey(),
      (key, at) => reserveOn('reserveForAgent', `Reserve for ${agentId} of ${organizationId}`, [request, { key, at, run: currentRun() }]),
      {
        onFailure: (error) => {
          refusal = namedFailure(error);
        },
      },
    );
    admitted = admissionOf(request, reserved);
    if (reserved.status !== 'granted') {
      return await finish({ status: reserved.status === 'denied' ? 'denied' : 'replayed', hold: reserved.hold, reserved });
    }

    enter('running', `$${String(reserved.hold.reservedUsd)} reserved. ${reserved.grant.warningMessage ?? reserved.grant.reason}.`);
    const settle = async () => {
      enter('settling', 'Settling');
      return settleOn('settleHold', `Settle ${agentId} of ${organizationId}`, [{ organizationId, key: reserved.key, at: Date.now() }]);
    };
    let agent: AgentResult;
    try {
      agent = await executeAgent(request, reserved.key, reserved.plan);
    } catch (error) {
      const hold = await settle();
      throw await failureWith(error, (status, failure) => finish({ status, hold, reserved, error: failure }));
    }
    if (agent.status === 'denied') return await finish({ status: 'denied', hold: await settle(), reserved, agent });
    // Settled with its last charge. An activity of before answered without: by what is recorded, its run is replayed as it went.
    return await finish({ status: 'completed', hold: agent.hold ?? (await settle()), reserved, agent });
  } catch (error) {
    refusal ??= namedFailure(error);
    throw await failureWith(error, (status, failure) => finish({ status, error: failure }));
  }
}

function executeAgent(request: InvocationRequest, key: string, plan: RunPlan): Promise<AgentResult> {
  return proxyActivities<Pick<Activities, 'executeAgent'>>(agentOptions(request, plan)).executeAgent(request, key, { settles: true });
}
