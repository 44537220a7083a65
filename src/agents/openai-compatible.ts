import { APIError } from 'openai';
import { Stream } from 'openai/streaming';
import { redact, resolveSecret } from '../outbound/secrets';
import { throwIfAborted } from './aborted';
import { AgentFailure, AgentFailureCode, type AgentAnswer, type AgentCall } from './agent';
import { addToAnswer, emptyChatAnswer, type ChatAnswer } from './chat-answer';
import { createChatClient, type ChatAgent } from './chat-client';
import { chatRequest } from './chat-request';
import { failureOfConnection, unreadable } from './connection-failure';
import { costOf } from './cost';
import { parseObject } from './json';
import { readCostHeader, type ReportedCost } from './reported-cost';
import type { HttpConnectorDependencies } from './rest';
import { failureOfStatus } from './upstream-status';

/** Runs chat models behind an OpenAI-compatible or Azure endpoint, streamed, so that a long answer shows that it is alive. */
export function createChatConnector({ outbound, env, now }: HttpConnectorDependencies) {
  return {
    /** The output is `{ text, finishReason }`. */
    async run(agent: ChatAgent, call: AgentCall): Promise<AgentAnswer> {
      const request = chatRequest(agent, call.input);
      const apiKey = await resolveSecret(agent.apiKey, env);
      // The client's own errors lose the cause of a time-out while connecting, so the first one is kept here.
      let connectionError: unknown;
      const client = createChatClient(agent, apiKey, (url, init) =>
        outbound.fetch(url, { ...init, signal: call.signal }).catch((error: unknown) => {
          connectionError = error;
          throw error;
        }),
      );
      const headers = { 'idempotency-key': call.idempotencyKey };
      const response = await client.chat.completions
        .create(request, { headers })
        .asResponse()
        .catch((error: unknown) => {
          throwIfAborted(agent, call);
          if (!(error instanceof APIError) || error.status === undefined)
            throw failureOfConnection(agent.agentId, connectionError ?? error);
          const refusal = error as APIError<number, Headers>;
          const costUsd = readCostHeader(refusal.headers) ?? null;
          const { agentId } = agent;
          const body = { error: refusal.error };
          throw failureOfStatus({
            agentId,
            status: refusal.status,
            headers: refusal.headers,
            body,
            costUsd,
            secrets: [apiKey],
            nowMs: now(),
          });
        });
      const answer = emptyChatAnswer();
      const headerCost = costInHeader(response);
      try {
        for await (const chunk of chunksOf(response, client)) {
          call.onProgress();
          if (!addToAnswer(answer, chunk)) throw new SyntaxError('no chat completion');
        }
      } catch (error) {
        throw brokenOff(agent, call, error, costKnown(headerCost, answer), apiKey);
      }
      return finished(agent, call, answer, headerCost);
    },
  };
}

async function* chunksOf(response: Response, client: ReturnType<typeof createChatClient>): AsyncGenerator {
  // Some servers answer in one piece whatever they were asked.
  if (response.headers.get('content-type')?.includes('application/json') === true) yield parseObject(await response.text());
  else yield* Stream.fromSSEResponse<unknown>(response, new AbortController(), client);
}

/** A streamed answer's headers leave before its cost is known: LiteLLM then writes 0, which means nothing yet. */
function costInHeader(response: Response): ReportedCost {
  const reported = readCostHeader(response.headers);
  return reported === 0 ? undefined : reported;
}

function costKnown(headerCost: ReportedCost, answer: ChatAnswer): number | null {
  return headerCost ?? answer.reported ?? null;
}

function finished(agent: ChatAgent, call: AgentCall, answer: ChatAnswer, headerCost: ReportedCost): AgentAnswer {
  // The client ends an aborted stream without a word.
  throwIfAborted(agent, call, costKnown(headerCost, answer));
  if (!answer.hasBegun) throw unreadable(agent.agentId, 'no chat completion', costKnown(headerCost, answer));
  if (answer.finishReason === null && answer.usage === null)
    throw failureOfConnection(agent.agentId, new Error('no finish reason'), costKnown(headerCost, answer));
  const { text, finishReason, usage, model } = answer;
  const reported = headerCost === undefined ? answer.reported : headerCost;
  return { output: { text, finishReason }, usage, ...costOf(agent, { reported, usage, reportedModel: model }) };
}

function brokenOff(agent: ChatAgent, call: AgentCall, error: unknown, costUsd: number | null, apiKey: string): unknown {
  throwIfAborted(agent, call, costUsd);
  if (error instanceof SyntaxError) return unreadable(agent.agentId, 'something that is no chat completion', costUsd);
  if (!(error instanceof APIError)) return failureOfConnection(agent.agentId, error, costUsd);
  const message = `Agent ${agent.agentId} broke its answer off: ${redact(error.message, [apiKey]).slice(0, 300)}`;
  return new AgentFailure(AgentFailureCode.unavailable, message, { isRetryable: true, mayHaveBeenBilled: true, costUsd });
}
