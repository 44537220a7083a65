import { agentDefinition, type AgentDefinition } from '../../contract/schemas/agent';
import { parse } from '../../contract/schemas/parse';
import { rowsOf, type Queryable } from './connection';

interface Row {
  definition: unknown;
}

const PUT = `
  insert into agents (organization_id, agent_id, definition) values ($1, $2, $3)
  on conflict (organization_id, agent_id) do update set definition = excluded.definition`;

export async function putAgent(db: Queryable, organizationId: string, agent: AgentDefinition): Promise<void> {
  // One that could not be read again would keep all others of its organization from being listed.
  const definition = parse(agentDefinition, 'The agent', agent);
  await rowsOf(db, PUT, [organizationId, definition.agentId, JSON.stringify(definition)]);
}

export async function removeAgent(db: Queryable, organizationId: string, agentId: string): Promise<boolean> {
  const sql = 'delete from agents where organization_id = $1 and agent_id = $2 returning agent_id';
  return (await rowsOf(db, sql, [organizationId, agentId])).length > 0;
}

export async function loadAgent(db: Queryable, organizationId: string, agentId: string): Promise<AgentDefinition | undefined> {
  const sql = 'select definition from agents where organization_id = $1 and agent_id = $2';
  const [row] = await rowsOf<Row>(db, sql, [organizationId, agentId]);
  return row && agentDefinition.parse(row.definition);
}

export async function loadAgents(db: Queryable, organizationId: string): Promise<AgentDefinition[]> {
  const rows = await rowsOf<Row>(db, 'select definition from agents where organization_id = $1 order by agent_id', [organizationId]);
  return rows.map((row) => agentDefinition.parse(row.definition));
}
