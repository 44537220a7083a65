import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { z } from 'zod';
import { InvocationFailed, type InvocationDescription } from '../../client';
import { invocationWorkflowId } from '../../contract/names/workflows';
import type { AdmissionPayload, InvocationRequest, InvocationResult } from '../../contract/payloads/invocation';
import { id } from '../../contract/schemas/primitives';
import type { Metadata } from '../../domain/ledger';
import { pinned } from '../../domain/pinned';
import { organizationOf, type Api, type ApiContext } from '../context';
import { denied } from '../denial';
import type { ApiDeps } from '../deps';
import { invocationIdOf } from '../invocation-ids';
import { invocationJson } from '../invocation-mapping';
import { Problem, unavailable } from '../problem';
import { problemOf } from '../problem-of';
import { route } from '../route';
import { json, jsonBody } from '../schemas/common';
import { invocation, invokeBody, invokeHeaders, invokeQuery } from '../schemas/invocations';
import { problems } from '../schemas/problem';
import { waitMs } from '../wait-for';

const location = { headers: z.object({ Location: z.string().meta({ description: 'Where the invocation is' }) }) };

const invoke = route('post /api/v1/external-agents/{agent_id}/invoke', {
  tags: ['Invocations'],
  summary: 'Invokes an agent under its budgets',
  description:
    'The call is decided at once: a denial is a 402. Then this waits for the end, and answers 202 where the run takes longer than that; ' +
    'it goes on all the same.',
  request: { params: z.object({ agent_id: id }), headers: invokeHeaders, query: invokeQuery, body: jsonBody(invokeBody) },
  responses: {
    200: { ...json('The run has ended', invocation), ...location },
    202: { ...json('The run goes on', invocation), ...location },
    ...problems(402, 404, 409, 413, 415, 502),
  },
});

export function invokeRoute(api: Api, deps: ApiDeps): void {
  const { invocations, webUiLink, options = {} } = deps;

  /** Null: no worker has decided in time, and the run waits for one. */
  async function admissionOf(request: InvocationRequest, runName: string): Promise<AdmissionPayload | null> {
    try {
      return await invocations.admission(request, runName);
    } catch (error) {
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
      // Whose run waits under the key, nobody has checked yet.
      if (request.idempotencyKey !== undefined) await invocations.start(request);
      return null;
    }
  }

  async function described(workflowId: string): Promise<InvocationDescription> {
    try {
      return await invocations.describe(workflowId);
    } catch (error) {
      // It was never started: whoever asks again starts it once.
      throw error instanceof WorkflowNotFoundError ? unavailable('No worker has taken up the invocation') : error;
    }
  }

  async function ended(workflowId: string, waitedMs: number, caller: AbortSignal): Promise<InvocationResult | null> {
    if (waitedMs === 0) return null;
    return invocations.result(workflowId, AbortSignal.any([AbortSignal.timeout(waitedMs), caller]));
  }

  api.openapi(invoke, async (c) => {
    const { 'Idempotency-Key': idempotencyKey, Prefer: prefer } = c.req.valid('header');
    const request = requestOf(c, c.req.valid('param').agent_id, c.req.valid('json'), idempotencyKey);
    const waitedMs = waitMs(c.req.valid('query').wait, prefer, options);
    const runName = randomUUID();
    const workflowId = invocationWorkflowId(request.organizationId, idempotencyKey ?? runName);
    const where = `/api/v1/invocations/${invocationIdOf(workflowId) ?? ''}`;
    const admission = await admissionOf(request, runName);
    // Only now: of a request that was refused, there is nothing to see.
    c.header('Location', where);
    if (admission?.status === 'denied' && admission.denial !== null) {
      throw await denied(deps, c.get('principal'), admission.denial, { instance: where });
    }
    const result = admission === null ? null : await ended(workflowId, waitedMs, c.req.raw.signal).catch(failedAt(where, deps));
    if (result?.status === 'denied' && result.denial !== null) {
      throw await denied(deps, c.get('principal'), result.denial, { instance: where, cost_usd: result.chargedUsd });
    }
    const found = await described(workflowId);
    if (prefer !== undefined && result === null) c.header('Preference-Applied', prefer);
    return c.json(
      invocationJson({ ...found, receipt: result ?? found.receipt }, result?.output ?? null, webUiLink(workflowId)),
      result === null ? 202 : 200,
    );
  });
}

function requestOf(
  c: ApiContext,
  agentId: string,
  body: z.output<typeof invokeBody>,
  idempotencyKey: string | undefined,
): InvocationRequest {
  const asked = { organizationId: organizationOf(c), teamId: body.team_id ?? null, userId: body.user_id ?? null, agentId };
  const { organizationId, teamId, userId } = pinned(asked, c.get('principal'));
  return {
    organizationId,
    agentId,
    ...(teamId !== null && { teamId }),
    ...(userId !== null && { userId }),
    input: body.input,
    ...(body.estimated_cost_usd !== undefined && { estimatedCostUsd: body.estimated_cost_usd }),
    // Whether it can be kept, the client checks.
    ...(body.metadata !== undefined && { metadata: body.metadata as Metadata }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

/** A run that failed is told with what it was charged. */
function failedAt(instance: string, { log }: ApiDeps) {
  return (error: unknown): never => {
    if (!(error instanceof InvocationFailed)) throw error;
    const { status, details, headers } = problemOf(error, log);
    const { chargedUsd = null, reservedUsd = null } = error.receipt ?? {};
    throw new Problem(status, { ...details, instance, cost_usd: chargedUsd, reserved_usd: reservedUsd }, headers);
  };
}
