import type { Outbound } from '../outbound/outbound';
import { resolveSecret, secretsInQuery, type Environment } from '../outbound/secrets';
import { throwIfAborted } from './aborted';
import type { AgentAnswer, AgentCall } from './agent';
import type { AgentOn } from './agent-on';
import { failureOfConnection, unreadable } from './connection-failure';
import { costOf } from './cost';
import { parseObject, valueAt } from './json';
import { readCost, readCostHeader, type ReportedCost } from './reported-cost';
import { failureOfStatus } from './upstream-status';
import { readUsage } from './usage';

export type RestAgent = AgentOn<'custom_rest_api' | 'third_party_agent' | 'power_automate'>;

export interface HttpConnectorDependencies {
  readonly outbound: Pick<Outbound, 'fetch'>;
  readonly env: Environment;
  readonly now: () => number;
}

/** Runs agents behind an HTTP endpoint: POST `{ input, agentId, model? }`, answered by a JSON object. */
export function createRestConnector({ outbound, env, now }: HttpConnectorDependencies) {
  return {
    async run(agent: RestAgent, call: AgentCall): Promise<AgentAnswer> {
      const secretHeaders = await resolveSecretHeaders(agent, env);
      const response = await post(outbound, agent, call, secretHeaders);
      const text = await readText(agent, call, response);
      const body = parseObject(text);
      const reported = reportedCost(agent, response, body);
      if (!response.ok) {
        const { status, headers } = response;
        const secrets = [...Object.values(secretHeaders), ...secretsInQuery(agent.endpoint)];
        throw failureOfStatus({ agentId: agent.agentId, status, headers, body, costUsd: reported ?? null, secrets, nowMs: now() });
      }
      if (body === undefined)
        throw unreadable(agent.agentId, text.trim() === '' ? 'nothing' : 'something that is no JSON object', reported ?? null);
      const output = agent.outputField === undefined ? body : valueAt(body, agent.outputField);
      if (output === undefined) throw unreadable(agent.agentId, `without the field ${String(agent.outputField)}`, reported ?? null);
      const usage = readUsage(body['usage']);
      const reportedModel = typeof body['model'] === 'string' ? body['model'] : undefined;
      return { output, usage, ...costOf(agent, { reported, usage, reportedModel }) };
    },
  };
}

async function resolveSecretHeaders(agent: RestAgent, env: Environment): Promise<Record<string, string>> {
  const entries = Object.entries(agent.secretHeaders).map(
    async ([name, reference]) => [name, await resolveSecret(reference, env)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function post(
  outbound: Pick<Outbound, 'fetch'>,
  agent: RestAgent,
  call: AgentCall,
  secretHeaders: Record<string, string>,
): Promise<Response> {
  const headers = new Headers(secretHeaders);
  headers.set('content-type', 'application/json');
  headers.set('accept', 'application/json');
  headers.set('idempotency-key', call.idempotencyKey);
  const body = JSON.stringify({ input: call.input, agentId: agent.agentId, model: agent.model });
  try {
    return await outbound.fetch(agent.endpoint, { method: 'POST', headers, body, signal: call.signal });
  } catch (error) {
    throwIfAborted(agent, call);
    throw failureOfConnection(agent.agentId, error);
  }
}

async function readText(agent: RestAgent, call: AgentCall, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    const costUsd = readCostHeader(response.headers) ?? null;
    throwIfAborted(agent, call, costUsd);
    // The status of a refusal says enough without its page.
    if (!response.ok) return '';
    throw failureOfConnection(agent.agentId, error, costUsd);
  }
}

function reportedCost(agent: RestAgent, response: Response, body: unknown): ReportedCost {
  const inHeader = readCostHeader(response.headers);
  return inHeader !== undefined || agent.costField === undefined ? inHeader : readCost(valueAt(body, agent.costField));
}
