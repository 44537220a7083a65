import type { TokenUsage } from './agent';
import { isObject } from './json';

/**
 * Reads token counts as OpenAI (`prompt_tokens`, `completion_tokens`) or Anthropic (`input_tokens`, `output_tokens`) write them.
 * Null unless both are counts and at least one is above 0: servers that do not count say 0, and that is no free call.
 */
export function readUsage(usage: unknown): TokenUsage | null {
  if (!isObject(usage)) return null;
  const inputTokens = usage['prompt_tokens'] ?? usage['input_tokens'];
  const outputTokens = usage['completion_tokens'] ?? usage['output_tokens'];
  if (!isCount(inputTokens) || !isCount(outputTokens) || inputTokens + outputTokens === 0) return null;
  return { inputTokens, outputTokens };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
