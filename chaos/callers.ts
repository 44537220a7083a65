import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createBudgetClient, InvocationFailed, type BudgetClient } from '../src/client';
import { invocationWorkflowId } from '../src/contract/names/workflows';
import { isTemporalAway } from '../src/http/outage';
import { ESTIMATE_MICRO_USD, type Agents } from './agents';
import type { Apis } from './apis';
import type { Call, Plan } from './plan';

export const ORGANIZATION = 'chaos';

/** What a caller learned in the end. */
export interface Outcome {
  readonly status: 'completed' | 'denied' | 'failed' | 'cancelled';
  /** What it was told to be charged; null where it was not told. */
  readonly chargedMicroUsd: number | null;
  /** An amount that is charged for certain, since some process of ours had recorded it; null where none is known. */
  readonly recordedMicroUsd: number | null;
}

export interface Callers {
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** What calls cost that were reserved and committed by the callers themselves. */
  readonly direct: ReadonlyMap<number, number>;
  /** Answers that nobody should get. */
  readonly surprises: readonly string[];
  /** Resolves when every call has its outcome, or none got one for so long. */
  done(patienceMs: number): Promise<void>;
}

/** Makes the plan's calls, each until it has a definite answer: whatever is lost on the way is asked again with the same key. */
export function startCallers(plan: Plan, apis: Apis, temporal: Client, agents: Agents): Callers {
  const client = createBudgetClient(temporal);
  const outcomes = new Map<number, Outcome>();
  const direct = new Map<number, number>();
  const surprises: string[] = [];
  const isOver = new AbortController();
  let patience: NodeJS.Timeout | undefined;
  setMaxListeners(0, isOver.signal);

  const make = async (call: Call) => {
    await pause(call.startsAtMs, undefined, { signal: isOver.signal });
    if (call.way === 'direct') direct.set(call.number, agents.nextCost());
    const ask = () => untilAnswered(call, () => askOnce(call));
    const [outcome, again] = await Promise.all([ask(), call.isDoubled ? ask() : null, interfere(call)]);
    outcomes.set(call.number, outcome);
    patience?.refresh();
    if (again !== null && JSON.stringify(again) !== JSON.stringify(outcome)) {
      surprises.push(`${call.key} was answered twice: ${JSON.stringify(outcome)} and ${JSON.stringify(again)}`);
    }
  };

  async function untilAnswered(call: Call, ask: () => Promise<Outcome | null>): Promise<Outcome> {
    for (let tries = 1; ; tries += 1) {
      isOver.signal.throwIfAborted();
      try {
        const outcome = await ask();
        if (outcome !== null) return outcome;
      } catch (error) {
        if (!isOutage(error)) surprises.push(`${call.key}: ${reasonOf(error)}`);
      }
      await pause(Math.min(2_000, 100 * tries), undefined, { signal: isOver.signal });
    }
  }

  function askOnce(call: Call): Promise<Outcome | null> {
    if (call.way === 'direct') return spendDirectly(call, direct.get(call.number) ?? NaN, apis);
    return call.way === 'http' ? invokeOverHttp(call, apis) : invokeByClient(call, client);
  }

  async function interfere(call: Call): Promise<void> {
    if (call.way === 'direct' || call.interference === null) return;
    await pause(call.interference.afterMs, undefined, { signal: isOver.signal });
    const handle = temporal.workflow.getHandle(invocationWorkflowId(ORGANIZATION, call.key));
    // It may not have begun, or have ended: then nothing is to be cancelled.
    await (call.interference.kind === 'cancel' ? handle.cancel() : handle.terminate('chaos')).catch(() => undefined);
  }

  const made = Promise.allSettled(plan.calls.map(make));
  return {
    outcomes,
    direct,
    surprises,
    done: async (patienceMs) => {
      patience = setTimeout(() => {
        isOver.abort();
      }, patienceMs);
      await made;
      clearTimeout(patience);
    },
  };
}

/** What the request of a call is, over whichever way. */
function requestOf({ number, team, key }: Call, agentId: string) {
  return {
    organizationId: ORGANIZATION,
    agentId,
    teamId: team,
    input: `call ${String(number)}`,
    idempotencyKey: key,
    estimatedCostUsd: ESTIMATE_MICRO_USD / 1e6,
    ttlMs: 20_000,
  };
}

async function invokeByClient(call: Extract<Call, { way: 'client' | 'http' }>, client: BudgetClient): Promise<Outcome | null> {
  try {
    const { status, chargedUsd, output, costSource } = await client.invoke(requestOf(call, call.behaviour));
    if (status === 'replayed') return null;
    return outcomeOf(status, chargedUsd, costSource === 'reported' ? output : null);
  } catch (error) {
    if (!(error instanceof InvocationFailed)) throw error;
    if (error.type === 'ledger_unavailable' && error.receipt?.grant === null) return null;
    return outcomeOf(error.receipt?.status ?? 'failed', error.receipt?.chargedUsd ?? null, null);
  }
}

/** Of an answer of the API, what is read of it. */
interface InvocationBody {
  readonly status: string;
  readonly cost_usd: number | null;
  readonly output: unknown;
  readonly cost_source: string | null;
  readonly error: { readonly type: string } | null;
  readonly instance?: string;
}

async function invokeOverHttp(
  call: Extract<Call, { way: 'client' | 'http' }>,
  apis: Apis,
  known: string | null = null,
): Promise<Outcome | null> {
  const { agentId, teamId, input, idempotencyKey, estimatedCostUsd } = requestOf(call, call.behaviour);
  const body = { input, team_id: teamId, estimated_cost_usd: estimatedCostUsd };
  const headers = { 'idempotency-key': idempotencyKey, prefer: 'wait=10' };
  let answer = await (known === null
    ? apis.request('POST', `/api/v1/external-agents/${agentId}/invoke`, body, headers)
    : apis.request('GET', known));
  const place = known ?? answer.location;
  while (answer.status === 202 || (answer.status === 200 && answer.body['status'] === 'running')) {
    if (place === null) return null;
    await pause(300);
    answer = await apis.request('GET', place);
  }
  if (answer.status === 402) return outcomeOf('denied', 0, null);
  const { status, cost_usd: costUsd, output, cost_source: source, error, instance } = answer.body as unknown as InvocationBody;
  if (answer.status === 503) return null;
  // A run that failed or was cancelled: it is there to be asked for.
  if (typeof instance === 'string' && instance.startsWith('/')) return invokeOverHttp(call, apis, instance);
  if (answer.status !== 200) throw new Error(`HTTP ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  if (error?.type === 'ledger_unavailable') return null;
  return outcomeOf(status, costUsd, source === 'reported' ? output : null);
}

async function spendDirectly(call: Extract<Call, { way: 'direct' }>, cost: number, apis: Apis): Promise<Outcome | null> {
  const caller = { external_agent_id: 'direct', team_id: call.team };
  const spent = { actual_cost_usd: cost / 1e6 };
  if (call.use === 'charge') {
    const { status, body } = await apis.request('POST', '/api/v1/costs', { key: call.key, ...caller, ...spent });
    return status === 200 || status === 201 ? known('completed', cost) : unanswered(status, body);
  }
  const reservation = { key: call.key, ...caller, estimated_cost_usd: ESTIMATE_MICRO_USD / 1e6, ttl_seconds: apis.ttlSeconds };
  const reserved = await apis.request('POST', '/api/v1/reservations', reservation);
  if (reserved.status === 402) return outcomeOf('denied', 0, null);
  // Its twin has settled it by now.
  if (reserved.status === 409) return stateOf(call, cost, apis);
  if (reserved.status !== 201 && reserved.status !== 200) return unanswered(reserved.status, reserved.body);
  await pause(call.workMs);
  if (call.use === 'abandon') return outcomeOf('failed', null, null);
  const ending = call.use === 'commit' ? spent : undefined;
  for (;;) {
    const { status, body } = await apis.request('POST', `/api/v1/reservations/${call.key}/${call.use}`, ending);
    if (status === 200) return stateOf(call, cost, apis);
    unanswered(status, body);
    await pause(200);
  }
}

/** Its outcome, by what the ledger says of its key. */
async function stateOf({ key }: Call, cost: number, apis: Apis): Promise<Outcome | null> {
  const { status, body } = await apis.request('GET', `/api/v1/reservations/${key}`);
  if (status !== 200) return unanswered(status, body);
  if (body['state'] === 'committed') return known('completed', cost);
  return body['state'] === 'held' ? null : outcomeOf(body['state'] === 'released' ? 'cancelled' : 'failed', null, null);
}

function known(status: Outcome['status'], cost: number): Outcome {
  return { status, chargedMicroUsd: cost, recordedMicroUsd: cost };
}

/** Null for an outage, after which the same is asked again. */
function unanswered(status: number, body: unknown): null {
  if (status === 503 || status === 429) return null;
  throw new Error(`HTTP ${String(status)} ${JSON.stringify(body)}`);
}

function outcomeOf(status: string, chargedUsd: number | null, output: unknown): Outcome {
  const told = (output as { told?: unknown } | null)?.told;
  return {
    status: status as Outcome['status'],
    chargedMicroUsd: chargedUsd === null ? null : Math.round(chargedUsd * 1e6),
    recordedMicroUsd: typeof told === 'number' ? told : null,
  };
}

/** With what is behind it: the client's own words say nothing of the cause. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? `${String(error)}: ${String(error.cause)}` : String(error);
}

/** Connections that break and servers that do not answer are what this is about. */
function isOutage(error: unknown): boolean {
  return (
    isTemporalAway(error) ||
    (error instanceof Error && /ECONN|EPIPE|socket|fetch failed|terminated|timeout|aborted/i.test(`${error.name} ${error.message}`))
  );
}
