import { setTimeout as pause } from 'node:timers/promises';
import { InvocationFailed, type BudgetClient } from '../src/client';
import { ESTIMATE_MICRO_USD } from './agents';
import type { Apis } from './apis';
import { outcomeOf, UnexpectedAnswer, type Outcome } from './outcome';
import type { Invocation } from './plan';

/** What the request of a call is, over whichever way. */
function requestOf({ organizationId, number, team, key, behaviour }: Invocation) {
  return {
    organizationId,
    agentId: behaviour,
    teamId: team,
    input: `call ${String(number)}`,
    idempotencyKey: key,
    estimatedCostUsd: ESTIMATE_MICRO_USD / 1e6,
    ttlMs: 20_000,
  };
}

/** Null where nothing is decided yet: then the same is asked again. */
export async function invokeByClient(call: Invocation, client: BudgetClient, signal: AbortSignal): Promise<Outcome | null> {
  try {
    const { workflowId } = await client.start(requestOf(call));
    const result = await client.result(workflowId, signal);
    if (result === null || result.status === 'replayed') return null;
    return outcomeOf(result.status, result.chargedUsd, result.costSource === 'reported' ? result.output : null);
  } catch (error) {
    if (!(error instanceof InvocationFailed)) throw error;
    if (error.type === 'ledger_unavailable' && error.receipt?.grant === null) return null;
    return outcomeOf(error.receipt?.status ?? 'failed', error.receipt?.chargedUsd ?? null, null, error.type);
  }
}

/** Of an answer of the API, what is read of it. */
interface InvocationBody {
  readonly status: string;
  readonly cost_usd?: number | null;
  readonly output: unknown;
  readonly cost_source: string | null;
  readonly error: { readonly type: string } | null;
  readonly instance?: string;
}

export async function invokeOverHttp(
  call: Invocation,
  apis: Apis,
  signal: AbortSignal,
  known: string | null = null,
): Promise<Outcome | null> {
  const { agentId, teamId, input, idempotencyKey, estimatedCostUsd } = requestOf(call);
  const request = apis.as[call.organizationId];
  const headers = { 'idempotency-key': idempotencyKey, prefer: 'wait=10' };
  let answer = await (known === null
    ? request(
        'POST',
        `/api/v1/external-agents/${agentId}/invoke`,
        { input, team_id: teamId, estimated_cost_usd: estimatedCostUsd },
        headers,
      )
    : request('GET', known));
  const place = known ?? answer.location;
  while (answer.status === 202 || (answer.status === 200 && answer.body['status'] === 'running')) {
    if (place === null) return null;
    await pause(300, undefined, { signal });
    answer = await request('GET', place);
  }
  const { status, cost_usd: costUsd = null, output, cost_source: source, error, instance } = answer.body as unknown as InvocationBody;
  // Without a cost it was denied before anything ran.
  if (answer.status === 402) return outcomeOf('denied', costUsd ?? 0);
  if (answer.status === 503) return null;
  // A run that failed or was cancelled: it is there to be asked for.
  if (known === null && typeof instance === 'string' && instance.startsWith('/')) return invokeOverHttp(call, apis, signal, instance);
  if (answer.status !== 200) throw new UnexpectedAnswer(answer.status, answer.body);
  if (error?.type === 'ledger_unavailable') return null;
  return outcomeOf(status, costUsd, source === 'reported' ? output : null, error?.type ?? null);
}
