import { z } from 'zod';
import { id } from '../../contract/schemas/primitives';
import { DomainError, DomainErrorCode } from '../../domain/errors';
import { agentJson, agentOf } from '../agent-mapping';
import { organizationOf, type Api } from '../context';
import { pageByName, pageQuery } from '../cursor';
import type { ApiDeps } from '../deps';
import { assertUnpinned } from '../reach';
import { route } from '../route';
import { agent, agentBody } from '../schemas/agents';
import { json, jsonBody, pageSchema } from '../schemas/common';
import { problems } from '../schemas/problem';
import { assertSecretsAllowed } from '../secrets';

const TAGS = ['Agents'];
const params = z.object({ agent_id: id });

const list = route('get /api/v1/external-agents', {
  tags: TAGS,
  summary: 'The registered agents, by id',
  request: { query: pageQuery },
  responses: { 200: json('A page of agents', pageSchema(agent)), ...problems() },
});

const put = route('put /api/v1/external-agents/{agent_id}', {
  tags: TAGS,
  summary: 'Registers an agent, or changes all of it',
  description: 'Secrets are referred to by env:NAME or file:/PATH, which only an operator may, unless the service is set up otherwise.',
  request: { params, body: jsonBody(agentBody) },
  responses: { 200: json('The agent, with its defaults', agent), ...problems(413, 415) },
});

const read = route('get /api/v1/external-agents/{agent_id}', {
  tags: TAGS,
  summary: 'An agent',
  request: { params },
  responses: { 200: json('The agent', agent), ...problems(404) },
});

const remove = route('delete /api/v1/external-agents/{agent_id}', {
  tags: TAGS,
  summary: 'Removes an agent',
  description: 'It can be invoked no more. What it spent, and the budgets on it, stay.',
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(404) },
});

export function agentRoutes(api: Api, deps: ApiDeps): void {
  const { store } = deps;

  api.openapi(list, async (c) => {
    const all = await store.agents(organizationOf(c));
    return c.json(
      pageByName(all, c.req.valid('query'), agentJson, ({ agentId }) => agentId),
      200,
    );
  });

  api.openapi(put, async (c) => {
    assertUnpinned(c.get('principal'));
    const wanted = agentOf(c.req.valid('param').agent_id, c.req.valid('json'));
    assertSecretsAllowed(c, deps, wanted);
    await store.putAgent(organizationOf(c), wanted);
    return c.json(agentJson(wanted), 200);
  });

  api.openapi(read, async (c) => {
    const { agent_id: agentId } = c.req.valid('param');
    const found = await store.agent(organizationOf(c), agentId);
    if (found === undefined) throw unknownAgent(agentId);
    return c.json(agentJson(found), 200);
  });

  api.openapi(remove, async (c) => {
    assertUnpinned(c.get('principal'));
    const { agent_id: agentId } = c.req.valid('param');
    if (!(await store.removeAgent(organizationOf(c), agentId))) throw unknownAgent(agentId);
    return c.body(null, 204);
  });
}

export function unknownAgent(agentId: string): DomainError {
  return new DomainError(DomainErrorCode.agentNotFound, `There is no agent ${agentId}`);
}
