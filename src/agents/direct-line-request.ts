import type { z } from 'zod';
import { throwIfAborted } from './aborted';
import { AgentFailure, AgentFailureCode } from './agent';
import type { AgentOn } from './agent-on';
import { withBilling } from './billed';
import { failureOfConnection, unreadable } from './connection-failure';
import { parseObject } from './json';
import type { HttpConnectorDependencies } from './rest';
import { failureOfStatus } from './upstream-status';

export type CopilotAgent = AgentOn<'copilot_studio'>;

export interface DirectLineRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly bearer?: string;
  readonly body?: unknown;
  /**
   * It asks the bot to work, so a 5xx does not say that nothing was done: Direct Line answers 502 when the bot was not ready
   * within 15 s, and the bot then works on.
   */
  readonly asksBot?: boolean;
  readonly signal: AbortSignal;
}

/** Makes a request and returns its answer. Throws AgentFailure, or the signal's reason when aborted. */
export type Requester = <Answer>(schema: z.ZodType<Answer>, request: DirectLineRequest) => Promise<Answer>;

/** A requester for one call: it remembers the credentials it was given, and keeps them out of messages. */
export function createRequester({ outbound, now }: Pick<HttpConnectorDependencies, 'outbound' | 'now'>, agent: CopilotAgent): Requester {
  const secrets = new Set<string>();

  function refusal({ status, headers }: Response, text: string, asksBot: boolean): AgentFailure {
    const { agentId } = agent;
    const body = parseObject(text);
    const failure = failureOfStatus({ agentId, status, headers, body, costUsd: null, secrets: [...secrets], nowMs: now() });
    if (status === 401 || status === 403) {
      const message = `${failure.message}. Check its secret or token endpoint, and that the bot is published`;
      return new AgentFailure(AgentFailureCode.misconfigured, message, { isRetryable: false, mayHaveBeenBilled: false });
    }
    return asksBot && status >= 500 ? withBilling(failure, true) : failure;
  }

  async function exchange(request: DirectLineRequest): Promise<{ response: Response; text: string }> {
    const { method, url, bearer, body, signal } = request;
    const headers = new Headers({ accept: 'application/json' });
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    if (method === 'POST') headers.set('content-type', 'application/json');
    try {
      const response = await outbound.fetch(url, { method, headers, body: method === 'POST' ? JSON.stringify(body ?? {}) : null, signal });
      return { response, text: await textOf(response, request.asksBot ?? false) };
    } catch (error) {
      throwIfAborted(agent, { signal });
      throw failureOfConnection(agent.agentId, error);
    }
  }

  return async (schema, request) => {
    if (request.bearer !== undefined) secrets.add(request.bearer);
    const { response, text } = await exchange(request);
    if (!response.ok) throw refusal(response, text, request.asksBot ?? false);
    const received = parseObject(text);
    const answer = schema.safeParse(received);
    if (answer.success) return answer.data;
    const path = answer.error.issues[0]?.path.join('.') ?? '';
    throw unreadable(agent.agentId, received === undefined ? 'something that is no JSON object' : `without a valid ${path}`, null);
  };
}

/** The status of a refusal says enough without its page, and so does that of a message which the bot took. */
function textOf(response: Response, asksBot: boolean): Promise<string> {
  return response.ok && !asksBot ? response.text() : response.text().catch(() => '');
}
