import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { z } from 'zod';
import { InvocationFailed, type InvocationDescription } from '../../client';
import { withFirstAbort } from '../../contract/with-first-abort';
import { invocationWorkflowId } from '../../contract/names/workflows';
import type { AdmissionPayload, InvocationRequest, InvocationResult } from '../../contract/payloads/invocation';
import { id } from '../../contract/schemas/primitives';
import type { Metadata } from '../../domain/ledger';
import { callOf, scopeOf } from '../call';
import type { Api, ApiContext } from '../context';
import { denied } from '../denial';
import type { ApiDeps } from '../deps';
import { invocationIdOf } from '../invocation-ids';
import { invocationJson } from '../invocation-mapping';
import { isTemporalAway } from '../outage';
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

const ENDED_PATIENCE_MS = 5_000;

export function invokeRoute(api: Api, deps: ApiDeps): void {
  const { invocations, webUiLink, options = {} } = deps;

  /** Null: no worker has decided in time, or before the server closes, and the run waits for one. */
  async function admissionOf(
    request: InvocationRequest,
    runName: string,
    closing: AbortSignal | undefined,
  ): Promise<AdmissionPayload | null> {
    try {
      // A signal of its own: the client never takes back what it hangs on one.
      return await withFirstAbort(closing === undefined ? [] : [closing], (signal) => invocations.admission(request, runName, signal));
    } catch (error) {
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
      // Whose run waits under the key, nobody has checked yet.
      if (request.idempotencyKey !== undefined) await invocations.start(request);
      return null;
    }
  }

  async function described(workflowId: string, isDecided: boolean): Promise<InvocationDescription> {
    try {
      return await invocations.describe(workflowId, { isDecided });
    } catch (error) {
      // It was never started: whoever asks again starts it once.
      throw error instanceof WorkflowNotFoundError ? unavailable('No worker has taken up the invocation') : error;
    }
  }

  /** Null: it goes on. Nobody waits any more who has hung up, nor while the server closes. */
  async function ended(c: ApiContext, workflowId: string, waitedMs: number): Promise<InvocationResult | null> {
    const { closing } = c.env;
    const hungUp = c.req.raw.signal;
    // The client hears only of what is aborted after it has begun.
    if (waitedMs === 0 || hungUp.aborted) return null;
    const signals = [AbortSignal.timeout(waitedMs), hungUp, ...(closing === undefined ? [] : [closing])];
    return withFirstAbort(signals, (signal) => invocations.result(workflowId, signal));
  }

  async function outcomeOf(c: ApiContext, request: InvocationRequest, runName: string, waitedMs: number): Promise<Outcome> {
    const workflowId = invocationWorkflowId(request.organizationId, request.idempotencyKey ?? runName);
    const admission = await admissionOf(request, runName, c.env.closing);
    // Only now: of a request that was refused, there is nothing to see.
    c.header('Location', locationOf(workflowId));
    if (admission?.status === 'denied' && admission.denial !== null) throw await denied(deps, c.get('principal'), admission.denial);
    const awaited = admission === null ? null : await ended(c, workflowId, waitedMs);
    const found = await described(workflowId, admission !== null);
    // Whoever asked again, or did not wait, may find that it has ended.
    const result = awaited ?? (found.status === 'RUNNING' ? null : await ended(c, workflowId, ENDED_PATIENCE_MS));
    if (result?.status === 'denied' && result.denial !== null) {
      throw await denied(deps, c.get('principal'), result.denial, { cost_usd: result.chargedUsd });
    }
    return { found, result, admission };
  }

  api.openapi(invoke, async (c) => {
    const { 'Idempotency-Key': idempotencyKey, Prefer: prefer } = c.req.valid('header');
    const request = requestOf(c, c.req.valid('param').agent_id, c.req.valid('json'), idempotencyKey);
    const waitedMs = waitMs(c.req.valid('query').wait, prefer, options);
    const runName = randomUUID();
    const workflowId = invocationWorkflowId(request.organizationId, idempotencyKey ?? runName);
    const { found, result, admission } = await outcomeOf(c, request, runName, waitedMs).catch(toldAt(locationOf(workflowId), deps));
    const shown = invocationJson({ ...found, receipt: result ?? found.receipt }, result?.output ?? null, webUiLink(workflowId), admission);
    if (result !== null) return c.json(shown, 200);
    if (prefer !== undefined) c.header('Preference-Applied', prefer);
    return c.json(shown, 202);
  });
}

interface Outcome {
  readonly found: InvocationDescription;
  readonly result: InvocationResult | null;
  readonly admission: AdmissionPayload | null;
}

function locationOf(workflowId: string): string {
  return `/api/v1/invocations/${invocationIdOf(workflowId) ?? ''}`;
}

function requestOf(
  c: ApiContext,
  agentId: string,
  { team_id, user_id, ...body }: z.output<typeof invokeBody>,
  idempotencyKey: string | undefined,
): InvocationRequest {
  const { externalAgentId, ...caller } = callOf(scopeOf(c, { external_agent_id: agentId, team_id, user_id }));
  return {
    ...caller,
    agentId: externalAgentId,
    input: body.input,
    ...(body.estimated_cost_usd !== undefined && { estimatedCostUsd: body.estimated_cost_usd }),
    // Whether it can be kept, the client checks.
    ...(body.metadata !== undefined && { metadata: body.metadata as Metadata }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

/** Problems say where the run is; of one that failed, also what it was charged. */
function toldAt(instance: string, { log }: ApiDeps) {
  return (error: unknown): never => {
    if (isTemporalAway(error)) {
      const detail = `The Temporal server cannot be reached now. If the invocation has begun, it goes on: ask for ${instance}`;
      throw unavailable(detail, { instance });
    }
    if (!(error instanceof InvocationFailed || (error instanceof Problem && error.status === 402))) throw error;
    const { status, details, headers } = problemOf(error, log);
    const { chargedUsd = null, reservedUsd = null } = (error instanceof InvocationFailed ? error.receipt : null) ?? {};
    const charged = error instanceof InvocationFailed ? { cost_usd: chargedUsd, reserved_usd: reservedUsd } : {};
    throw new Problem(status, { ...details, instance, ...charged }, headers);
  };
}
