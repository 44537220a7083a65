import { z } from 'zod';
import type { TokenUsage } from './agent';
import { isObject } from './json';
import { readCost, type ReportedCost } from './reported-cost';
import { readUsage } from './usage';

const part = z.object({ content: z.string().nullish(), refusal: z.string().nullish() });
const chunk = z.object({
  model: z.string().nullish(),
  choices: z.array(z.object({ delta: part.nullish(), message: part.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z.unknown().optional(),
});

/** What has arrived of a chat answer: kept up to date by the chunk, so that a stream that breaks off loses no cost. */
export interface ChatAnswer {
  text: string;
  finishReason: string | null;
  usage: TokenUsage | null;
  /** `usage.cost`, as OpenRouter and LiteLLM report it. */
  reported: ReportedCost;
  model: string | undefined;
  hasBegun: boolean;
}

export function emptyChatAnswer(): ChatAnswer {
  return { text: '', finishReason: null, usage: null, reported: undefined, model: undefined, hasBegun: false };
}

/** Adds a chunk of a stream, or a whole completion, to what has arrived. False when it is neither. */
export function addToAnswer(answer: ChatAnswer, received: unknown): boolean {
  const parsed = chunk.safeParse(received);
  if (!parsed.success) return false;
  const { model, choices, usage } = parsed.data;
  const [choice] = choices ?? [];
  if (choice !== undefined) {
    const said = choice.delta ?? choice.message;
    answer.hasBegun = true;
    answer.text += said?.content ?? said?.refusal ?? '';
    answer.finishReason = choice.finish_reason ?? answer.finishReason;
  }
  answer.model = model ?? answer.model;
  answer.usage = readUsage(usage) ?? answer.usage;
  const reported = isObject(usage) ? readCost(usage['cost']) : undefined;
  // Null is an answer too: a cost was reported that is none.
  if (reported !== undefined) answer.reported = reported;
  return true;
}
