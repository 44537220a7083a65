import { z } from 'zod';
import { id } from '../../contract/schemas/primitives';
import type { Budget } from '../../domain/budget';
import { DomainError, DomainErrorCode } from '../../domain/errors';
import { budgetStatus } from '../../store/reports';
import { changeBudget, type Proposal } from '../../store/change-budget';
import { budgetJson, budgetOf, patched, statusJson } from '../budget-mapping';
import { organizationOf, type Api } from '../context';
import type { ApiDeps } from '../deps';
import { governanceJson, type StandingBudget } from '../governance-status';
import { assertMayChange, isWithin } from '../reach';
import { route } from '../route';
import { governanceStatus } from '../schemas/agents';
import { budget, budgetBody, budgetPatch, budgetWithStatus } from '../schemas/budgets';
import { json, jsonBody } from '../schemas/common';
import { problems } from '../schemas/problem';
import { assertAlertsAllowed } from '../secrets';

const TAGS = ['Agents'];
const params = z.object({ agent_id: id });

const read = route('get /api/v1/external-agents/{agent_id}/budget', {
  tags: TAGS,
  summary: "An agent's own budget and how it stands",
  description: 'The budget whose scope is this agent alone; of several the one that has its name, else the first.',
  request: { params },
  responses: { 200: json('The budget', budgetWithStatus), ...problems(404) },
});

const patch = route('patch /api/v1/external-agents/{agent_id}/budget/config', {
  tags: TAGS,
  summary: "Changes an agent's own budget",
  description: 'Makes one, by the name of the agent, where there is none.',
  request: { params, body: jsonBody(budgetPatch) },
  responses: { 200: json('The budget as it is kept', budget), ...problems(409, 413, 415) },
});

const status = route('get /api/v1/external-agents/{agent_id}/governance-status', {
  tags: TAGS,
  summary: 'How the budgets stand that every call of an agent counts in',
  description: "The agent's own budgets and the organization's. Those of teams and users limit some of its calls only.",
  request: { params },
  responses: { 200: json('The budgets, and whether they warn or degrade', governanceStatus), ...problems() },
});

export function agentBudgetRoutes(api: Api, deps: ApiDeps): void {
  const { store, now } = deps;

  async function ownBudget(organizationId: string, agentId: string): Promise<Budget | undefined> {
    const own = (await store.budgets(organizationId)).filter((budget) => isOfAgentAlone(budget, agentId));
    return own.find(({ budgetId }) => budgetId === agentId) ?? [...own].sort((a, b) => (a.budgetId < b.budgetId ? -1 : 1))[0];
  }

  /** The agent's own budget, or one to be made by its name. */
  async function ownOrNew(organizationId: string, agentId: string): Promise<Proposal> {
    const own = (await ownBudget(organizationId, agentId)) ?? (await store.budget(organizationId, agentId));
    if (own === undefined) {
      const scope = { team_id: null, user_id: null, external_agent_id: agentId };
      return { budget: budgetOf(organizationId, agentId, budgetBody.parse({ scope })), replaces: null };
    }
    // Made in this very moment, it may be the agent's all the same.
    if (isOfAgentAlone(own, agentId)) return { budget: own, replaces: own };
    const detail = `The budget ${agentId} is on another scope: put one on the agent under another name`;
    throw new DomainError(DomainErrorCode.keyConflict, detail);
  }

  async function standing(found: Budget): Promise<StandingBudget[]> {
    const { scope, budgetId } = found;
    const payload = await budgetStatus(store, scope.organizationId, budgetId, now());
    // Null: removed in this very moment.
    return payload === null ? [] : [{ budget: found, status: payload }];
  }

  api.openapi(read, async (c) => {
    const { agent_id: agentId } = c.req.valid('param');
    const found = await ownBudget(organizationOf(c), agentId);
    const [stands] = found === undefined || !isWithin(found.scope, c.get('principal')) ? [] : await standing(found);
    if (stands === undefined) throw new DomainError(DomainErrorCode.budgetNotFound, `There is no budget on agent ${agentId} alone`);
    return c.json({ ...budgetJson(stands.budget), status: statusJson(stands.status) }, 200);
  });

  api.openapi(patch, async (c) => {
    const { agent_id: agentId } = c.req.valid('param');
    const wanted = c.req.valid('json');
    // Before the look: a pinned key does not learn whether there is such a budget.
    assertMayChange({ scope: { organizationId: organizationOf(c), teamId: null, userId: null, agentId } }, c.get('principal'));
    const changed = await changeBudget(store, now, async () => {
      const { budget: found, replaces } = await ownOrNew(organizationOf(c), agentId);
      const budget = patched(found, wanted);
      await assertAlertsAllowed(c, deps, budget, wanted.alerts);
      return { budget, replaces };
    });
    return c.json(budgetJson(changed), 200);
  });

  api.openapi(status, async (c) => {
    const { agent_id: agentId } = c.req.valid('param');
    const organizationId = organizationOf(c);
    const [agent, budgets] = await Promise.all([store.agent(organizationId, agentId), store.budgets(organizationId)]);
    const ofEveryCall = budgets.filter(
      ({ scope }) => scope.teamId === null && scope.userId === null && (scope.agentId ?? agentId) === agentId,
    );
    const visible = ofEveryCall.filter(({ scope }) => isWithin(scope, c.get('principal')));
    return c.json(governanceJson(agentId, agent !== undefined, (await Promise.all(visible.map(standing))).flat()), 200);
  });
}

function isOfAgentAlone({ scope }: Budget, agentId: string): boolean {
  return scope.agentId === agentId && scope.teamId === null && scope.userId === null;
}
