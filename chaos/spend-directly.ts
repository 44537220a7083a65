import { setTimeout as pause } from 'node:timers/promises';
import { ESTIMATE_MICRO_USD } from './agents';
import type { Answer, Apis } from './apis';
import { outcomeOf, UnexpectedAnswer, type Outcome } from './outcome';
import type { DirectCall } from './plan';

export interface Spending {
  readonly costMicroUsd: number;
  /** Of the reservation: the APIs' clock is behind Temporal's, by which what is overdue is looked for. */
  readonly ttlSeconds: number;
}

/** Somebody who reserves and commits by himself, or records a cost that nobody reserved. */
export async function spendDirectly(call: DirectCall, spending: Spending, apis: Apis, signal: AbortSignal): Promise<Outcome | null> {
  const request = apis.as[call.organizationId];
  const caller = { external_agent_id: 'direct', team_id: call.team };
  const spent = { actual_cost_usd: spending.costMicroUsd / 1e6 };
  if (call.use === 'charge') {
    const answer = await request('POST', '/api/v1/costs', { key: call.key, ...caller, ...spent });
    return answer.status === 200 || answer.status === 201 ? committed(spending) : unanswered(answer);
  }
  const reservation = { key: call.key, ...caller, estimated_cost_usd: ESTIMATE_MICRO_USD / 1e6, ttl_seconds: spending.ttlSeconds };
  const reserved = await request('POST', '/api/v1/reservations', reservation);
  if (reserved.status === 402) return outcomeOf('denied', 0);
  // Its twin has settled it by now.
  if (reserved.status === 409) return stateOf(call, spending, apis);
  if (reserved.status !== 201 && reserved.status !== 200) return unanswered(reserved);
  await pause(call.workMs, undefined, { signal });
  if (call.use === 'abandon') return outcomeOf('failed', null);
  const ending = call.use === 'commit' ? spent : undefined;
  for (;;) {
    const ended = await request('POST', `/api/v1/reservations/${call.key}/${call.use}`, ending);
    if (ended.status === 200) return stateOf(call, spending, apis);
    unanswered(ended);
    await pause(200, undefined, { signal });
  }
}

/** Its outcome, by what the ledger says of its key. */
async function stateOf({ organizationId, key }: DirectCall, spending: Spending, apis: Apis): Promise<Outcome | null> {
  const answer = await apis.as[organizationId]('GET', `/api/v1/reservations/${key}`);
  if (answer.status !== 200) return unanswered(answer);
  const { state } = answer.body;
  if (state === 'committed') return committed(spending);
  return state === 'held' ? null : outcomeOf(state === 'released' ? 'cancelled' : 'failed', null, null, String(state));
}

function committed({ costMicroUsd }: Spending): Outcome {
  return { status: 'completed', chargedMicroUsd: costMicroUsd, recordedMicroUsd: costMicroUsd, reason: null };
}

/** Null for an outage, after which the same is asked again. */
function unanswered({ status, body }: Answer): null {
  if (status === 503) return null;
  throw new UnexpectedAnswer(status, body);
}
