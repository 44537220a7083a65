import { agentDefinition, type AgentDefinition } from '../contract/schemas/agent';
import { invalidRequest } from './problem';
import { camelCase, snakeCase, snakeKeys } from './snake';

/** A definition as it was sent for that agent. Throws a 400 for what the contract does not take. */
export function agentOf(
  agentId: string,
  { agent_id: named = agentId, prices, ...body }: Readonly<Record<string, unknown>>,
): AgentDefinition {
  if (named !== agentId) throw invalidRequest({ path: 'agent_id', message: 'must be the one in the path' });
  const camel = { ...camelKeys(body), ...(prices !== undefined && { prices: camelKeys(prices as object) }), agentId };
  const parsed = agentDefinition.safeParse(camel);
  if (parsed.success) return parsed.data;
  throw invalidRequest(...parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).map(snakeCase).join('.'), message })));
}

export function agentJson({ prices, ...agent }: AgentDefinition): { platform: string } & Record<string, unknown> {
  return { ...snakeKeys(agent), ...(prices && { prices: snakeKeys(prices) }) };
}

function camelKeys(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [camelCase(name), field as unknown]));
}
