import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { AgentFailure, AgentFailureCode } from './agent';
import type { ChatAgent } from './chat-client';

/** `n` is left out on purpose (it multiplies the cost), `tools` because nobody here would run them. */
const chatInput = z.strictObject({
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant']),
        content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
      }),
    )
    .min(1),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  max_tokens: z.number().int().min(1).optional(),
  max_completion_tokens: z.number().int().min(1).optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
  seed: z.number().int().optional(),
  presence_penalty: z.number().optional(),
  frequency_penalty: z.number().optional(),
  reasoning_effort: z.string().optional(),
  response_format: z.looseObject({ type: z.string() }).optional(),
  user: z.string().optional(),
});

/**
 * Makes a chat request of a caller's input: a text, or `{ messages, temperature?, max_tokens?, ... }`. The output is limited by
 * what the caller and the definition say, whichever is less. Throws AgentFailure (rejected) for any other input.
 */
export function chatRequest(agent: ChatAgent, input: unknown): ChatCompletionCreateParamsStreaming {
  const parsed = chatInput.safeParse(typeof input === 'string' ? { messages: [{ role: 'user', content: input }] } : input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ');
    const message = `Agent ${agent.agentId} takes a text or { messages, ... }. ${problems}`;
    throw new AgentFailure(AgentFailureCode.rejected, message, { isRetryable: false, mayHaveBeenBilled: false });
  }
  const { max_tokens, max_completion_tokens, ...rest } = parsed.data;
  const limits = [max_tokens, max_completion_tokens, agent.maxOutputTokens].filter((limit) => limit !== undefined);
  // Reasoning models refuse the old name, most other servers know only that.
  const limitName = /^(o\d|gpt-5)/.test(agent.model) || max_completion_tokens !== undefined ? 'max_completion_tokens' : 'max_tokens';
  const limit = limits.length === 0 ? {} : { [limitName]: Math.min(...limits) };
  // The messages' finer shape is the provider's to judge.
  return {
    ...rest,
    ...limit,
    model: agent.model,
    stream: true,
    stream_options: { include_usage: true },
  } as ChatCompletionCreateParamsStreaming;
}
