import type { GovernanceService } from '../../governance';
import type { Metadata } from '../../domain/ledger';
import { callOf, scopeOf } from '../call';
import { organizationOf, type Api } from '../context';
import { decisionJson, denialsJson } from '../decision-mapping';
import type { ApiDeps } from '../deps';
import { route } from '../route';
import { json, jsonBody } from '../schemas/common';
import { checkAnswer, checkBody, costBody, settledHold } from '../schemas/ledger';
import { problems } from '../schemas/problem';
import { snakeKeys } from '../snake';
import { unknownAgent } from './agents';

const TAGS = ['Ledger'];

const check = route('post /api/v1/budget-checks', {
  tags: TAGS,
  summary: 'Whether a call would be let in now',
  description: 'It holds nothing: calls at the same time may all be told yes. A hard cap takes a reservation.',
  request: { body: jsonBody(checkBody) },
  responses: { 200: json('How the budgets would answer; a no is an answer too', checkAnswer), ...problems(404, 413, 415) },
});

const record = route('post /api/v1/costs', {
  tags: TAGS,
  summary: 'Charges a cost that nothing was reserved for',
  description: 'Whatever its budgets leave: it was spent. The same key and body again is the same charge.',
  request: { body: jsonBody(costBody) },
  responses: { 200: json('What was charged', settledHold), ...problems(409, 413, 415) },
});

export function costRoutes(api: Api, { store, estimateUsd }: ApiDeps, governance: Promise<GovernanceService>): void {
  async function estimateOf(organizationId: string, agentId: string, input: unknown): Promise<number> {
    const agent = await store.agent(organizationId, agentId);
    if (agent === undefined) throw unknownAgent(agentId);
    return estimateUsd(agent, input);
  }

  api.openapi(check, async (c) => {
    const { estimated_cost_usd, input = null, ...asked } = c.req.valid('json');
    const call = callOf(scopeOf(c, asked));
    const estimatedCost = estimated_cost_usd ?? (await estimateOf(organizationOf(c), asked.external_agent_id, input));
    const result = await (await governance).checkBudget({ ...call, estimatedCost });
    return c.json({ ...decisionJson(result), estimated_cost_usd: estimatedCost, ...denialsJson(result) }, 200);
  });

  api.openapi(record, async (c) => {
    const { key, actual_cost_usd: actualCost, ...body } = c.req.valid('json');
    const charged = await (await governance).recordInvocationCost({ ...callOf(scopeOf(c, body)), key, actualCost, ...noteOf(body) });
    return c.json(snakeKeys(charged), 200);
  });
}

/** What a caller notes with a charge; whether it can be kept, the ledger checks. */
export function noteOf(body: {
  readonly execution_success?: boolean | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
}) {
  return {
    ...(body.execution_success !== undefined && { executionSuccess: body.execution_success }),
    ...(body.metadata !== undefined && { metadata: body.metadata as Metadata }),
  };
}
