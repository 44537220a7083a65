import { z } from 'zod';
import { AgentFailure, AgentFailureCode, type AgentAnswer, type AgentCall } from './agent';
import { afterBilling, beforeBilling } from './billed';
import { botAnswer, type BotAnswer } from './bot-answer';
import { costOf } from './cost';
import { accessTo } from './direct-line-access';
import { startConversation, type Message } from './direct-line-conversation';
import { createRequester, type CopilotAgent } from './direct-line-request';
import type { HttpConnectorDependencies } from './rest';

const messageInput = z.strictObject({ text: z.string().min(1), locale: z.string().min(1).max(35).optional() });

/** Runs bots of Copilot Studio over Direct Line 3.0: start a conversation, say the input, listen until the answer is complete, end. */
export function createCopilotStudioConnector({ outbound, env, now }: HttpConnectorDependencies) {
  return {
    /** The output is `{ text, suggestedActions }`. Direct Line tells no cost: it is the price per call, or unknown. */
    async run(agent: CopilotAgent, call: AgentCall): Promise<AgentAnswer> {
      const message = messageOf(agent, call.input);
      const request = createRequester({ outbound, now }, agent);
      const conversation = await beforeBilling(agent.agentId, call, async () =>
        startConversation(request, await accessTo(agent, request, env, call.signal), call),
      );
      let answer: BotAnswer | undefined;
      try {
        await conversation.say(message);
        answer = await afterBilling(() => botAnswer(conversation, agent, call));
      } finally {
        if (answer?.hasEnded !== true) await conversation.end();
      }
      const { text, suggestedActions } = answer;
      return { output: { text, suggestedActions }, usage: null, ...costOf(agent, { usage: null }) };
    },
  };
}

function messageOf({ agentId }: CopilotAgent, input: unknown): Message {
  const parsed = messageInput.safeParse(typeof input === 'string' ? { text: input } : input);
  if (parsed.success) return parsed.data;
  const message = `Agent ${agentId} takes a text (not empty) or { text, locale? }`;
  throw new AgentFailure(AgentFailureCode.rejected, message, { isRetryable: false, mayHaveBeenBilled: false });
}
