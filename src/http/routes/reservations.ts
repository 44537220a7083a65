import { z } from 'zod';
import { isoOf } from '../../contract/payloads/statement';
import { holdPayload } from '../../contract/payloads/hold';
import { key as keySchema } from '../../contract/schemas/primitives';
import { receiptOf } from '../../domain/ledger/hold';
import { InvalidAmount } from '../../domain/errors';
import { LARGEST_COST_USD } from '../../domain/money';
import type { GovernanceService } from '../../governance';
import { perform } from '../../store/budget-store';
import { callOf, ownHold, scopeOf, visibleHold } from '../call';
import { answerHeader, organizationOf, type Api } from '../context';
import { decisionJson } from '../decision-mapping';
import { denied } from '../denial';
import type { ApiDeps } from '../deps';
import { createLatelyGranted, type OwnHold } from '../lately-granted';
import { invalidRequest, Problem } from '../problem';
import { route } from '../route';
import { json, jsonBody } from '../schemas/common';
import { commitBody, extension, grantedReservation, reservationBody, reservationState, settledHold } from '../schemas/ledger';
import { problems } from '../schemas/problem';
import { snakeKeys } from '../snake';
import { noteOf } from './costs';

const TAGS = ['Ledger'];
const params = z.object({ key: keySchema });

const reserve = route('post /api/v1/reservations', {
  tags: TAGS,
  summary: 'Decides a call, and holds its estimate',
  description: 'Until it is committed or released, or its time is over. The same key and body again gets the same answer.',
  request: { body: jsonBody(reservationBody) },
  responses: {
    201: { ...json('It may run', grantedReservation), headers: z.object({ Location: z.string() }) },
    ...problems(402, 409, 413, 415),
  },
});

const read = route('get /api/v1/reservations/{key}', {
  tags: TAGS,
  summary: 'A reservation',
  request: { params },
  responses: { 200: json('How it stands', reservationState), ...problems(404) },
});

const commit = route('post /api/v1/reservations/{key}/commit', {
  tags: TAGS,
  summary: 'Charges what the work has cost, and ends the reservation',
  description:
    'Twice is once; another amount is a conflict. After its time was over it is charged all the same, and marked late. `usage` is priced ' +
    'when it arrives: sent again after the prices have changed it is another amount, and so a conflict that says what was charged.',
  request: { params, body: jsonBody(commitBody) },
  responses: { 200: json('What was charged', settledHold), ...problems(404, 409, 413, 415) },
});

const release = route('post /api/v1/reservations/{key}/release', {
  tags: TAGS,
  summary: 'Gives a reservation back whose work did not run',
  request: { params },
  responses: { 200: json('It holds nothing more', settledHold), ...problems(404, 409) },
});

const extend = route('post /api/v1/reservations/{key}/extend', {
  tags: TAGS,
  summary: 'A sign of life: the reservation lives on for its time from now',
  request: { params },
  responses: { 200: json('Until when', extension), ...problems(404, 409) },
});

export function reservationRoutes(api: Api, deps: ApiDeps, governance: Promise<GovernanceService>): void {
  const { store, now, priceUsd } = deps;
  const lately = createLatelyGranted();

  /** What is known of a cost: the caller's word, else the usage at the registered agent's price. */
  async function costOf({ call }: OwnHold, { actual_cost_usd: told, usage }: z.output<typeof commitBody>): Promise<number | null> {
    if (told !== null || usage === undefined || call.agentId === null) return told;
    const agent = await store.agent(call.organizationId, call.agentId);
    return agent === undefined
      ? null
      : pricedAt(() => priceUsd(agent, { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }));
  }

  api.openapi(reserve, async (c) => {
    const { key, estimated_cost_usd: estimatedCost, ttl_seconds, ...asked } = c.req.valid('json');
    const ttl = ttl_seconds === undefined ? {} : { ttlMs: ttl_seconds * 1_000 };
    const call = scopeOf(c, asked);
    const answer = await (await governance).reserve({ key, estimatedCost, ...callOf(call), ...ttl });
    if (answer.denial !== null) throw await denied(deps, c.get('principal'), answer.denial);
    if (answer.expiresAt === null) throw settledBefore(answer.reason);
    lately.keep(call.organizationId, { key, call });
    answerHeader(c, 'Location', `/api/v1/reservations/${key}`);
    // Spread one after the other, these take 15 times as long.
    return c.json(Object.assign(snakeKeys(answer.hold), decisionJson(answer), { expires_at: answer.expiresAt }), 201);
  });

  api.openapi(read, async (c) => {
    const receipt = receiptOf(await visibleHold(c, store, c.req.valid('param').key));
    const { agentId: external_agent_id, teamId: team_id, userId: user_id } = receipt.call;
    const times = { expires_at: isoOf(receipt.expiresAt), settled_at: receipt.settledAt === null ? null : isoOf(receipt.settledAt) };
    return c.json({ ...snakeKeys(holdPayload(receipt)), external_agent_id, team_id, user_id, ...times }, 200);
  });

  api.openapi(commit, async (c) => {
    const hold = await ownHold(c, store, lately, c.req.valid('param').key);
    const body = c.req.valid('json');
    const organizationId = organizationOf(c);
    const charge = { organizationId, key: hold.key, actualCost: await costOf(hold, body), ...noteOf(body) };
    const charged = await (await governance).commit(charge);
    lately.forget(organizationId, hold.key);
    return c.json(snakeKeys(charged), 200);
  });

  api.openapi(release, async (c) => {
    const { key } = await ownHold(c, store, lately, c.req.valid('param').key);
    return c.json(snakeKeys(await (await governance).release({ organizationId: organizationOf(c), key })), 200);
  });

  api.openapi(extend, async (c) => {
    const { key } = await ownHold(c, store, lately, c.req.valid('param').key);
    const { status, receipt } = await perform(store, organizationOf(c), { kind: 'extend', key, at: now() });
    return c.json({ key, is_held: status === 'held', expires_at: isoOf(receipt.expiresAt) }, 200);
  });
}

/** Throws a 400 for a usage that would cost more than any call may. */
function pricedAt(price: () => number | null): number | null {
  try {
    const costUsd = price();
    if (costUsd === null || costUsd <= LARGEST_COST_USD) return costUsd;
  } catch (error) {
    // Past what the ledger can count at all.
    if (!(error instanceof InvalidAmount)) throw error;
  }
  throw invalidRequest({ path: 'usage', message: `costs more than ${String(LARGEST_COST_USD)} USD at the agent's prices` });
}

function settledBefore(detail: string): Problem {
  return new Problem(409, { type: 'settled-before', title: 'Conflict', detail });
}
