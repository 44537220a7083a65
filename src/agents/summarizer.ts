import { setImmediate } from 'node:timers/promises';
import { AgentFailure, AgentFailureCode, type AgentCall, type InProcessAgent } from './agent';
import { priceUsd } from './cost';
import { isObject } from './json';
import { keySentences, sentence, type Sentence } from './key-sentences';
import { paragraphsOf } from './prose';
import { countTokens, piecesOf } from './tokens';

const LARGEST_DOCUMENT_BYTES = 1_000_000;
const SENTENCES = 4;
const LONGEST_SENTENCE = 500;
/** The segmenter looks ahead to the end of its text for some sentences: 1 MB of `A. ` in one piece would take minutes. */
const LONGEST_SEGMENTED = 4_000;
/** No summary has more, so an estimate with it is never too low. */
export const SUMMARY_MOST_TOKENS = 800;
/** How long the event loop may be kept from heartbeats. */
const LONGEST_TURN_MS = 20;

/** What the summarizer reads. */
export interface SummarizerInput {
  readonly document: string;
  readonly title?: string;
}

/** What it answers: whole sentences of the document, in its order. */
export interface Summary {
  readonly title: string | null;
  readonly summary: string;
  readonly documentTokens: number;
}

/**
 * The sample agent: an extractive summarizer that runs in this process. It takes `{ document, title? }` with up to 1 MB of
 * Markdown or plain text, counts tokens with a real tokenizer and reports them; the definition's prices make the cost.
 */
export const summarizer: InProcessAgent = {
  async run(call) {
    const { document, title } = checkedInput(call.input);
    const inputTokens = await countTokensInTurns(document, call);
    const sentences = await sentencesInTurns(document, call);
    const summary = withinLimit(keySentences(sentences, SENTENCES));
    const output: Summary = { title: title ?? null, summary, documentTokens: inputTokens };
    return { output, usage: { inputTokens, outputTokens: countTokens(summary) } };
  },
  /** Exact for the input, the most for the output; NaN (no estimate) without prices. */
  estimateCostUsd(input, agent) {
    const inputTokens = countTokens(checkedInput(input).document);
    // An extract has no more than the document.
    const usage = { inputTokens, outputTokens: Math.min(SUMMARY_MOST_TOKENS, inputTokens) };
    return priceUsd(agent, usage) ?? Number.NaN;
  },
};

function checkedInput(input: unknown): SummarizerInput {
  if (!isObject(input) || typeof input['document'] !== 'string') throw rejected('takes { document, title? }');
  const { document, title } = input;
  if (document.trim() === '') throw rejected('was given an empty document');
  if (Buffer.byteLength(document) > LARGEST_DOCUMENT_BYTES)
    throw rejected(`reads at most ${String(LARGEST_DOCUMENT_BYTES)} bytes of UTF-8`);
  return typeof title === 'string' ? { document, title } : { document };
}

function rejected(what: string): AgentFailure {
  return new AgentFailure(AgentFailureCode.rejected, `The summarizer ${what}`, { isRetryable: false, mayHaveBeenBilled: false });
}

async function countTokensInTurns(document: string, call: AgentCall): Promise<number> {
  let tokens = 0;
  const takeTurn = turns(call);
  for (const piece of piecesOf(document)) {
    tokens += countTokens(piece);
    await takeTurn();
  }
  return tokens;
}

async function sentencesInTurns(document: string, call: AgentCall): Promise<Sentence[]> {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  const paragraphs = paragraphsOf(document);
  const sentences: Sentence[] = [];
  const takeTurn = turns(call);
  // A text of nothing but headings or code is summarized as it is.
  for (const paragraph of paragraphs.length > 0 ? paragraphs : document.split(/\n+/)) {
    for (const piece of piecesOf(paragraph, LONGEST_SEGMENTED)) {
      for (const { segment } of segmenter.segment(piece)) {
        const text = clip(segment.trim(), LONGEST_SENTENCE);
        if (text !== '') sentences.push(sentence(text));
      }
      await takeTurn();
    }
  }
  return sentences;
}

/** Lets the event loop go round once in a while, and stops when the call was aborted. */
function turns({ signal, onProgress }: AgentCall): () => Promise<void> | undefined {
  let turnEndsAt = performance.now() + LONGEST_TURN_MS;
  return () => {
    signal.throwIfAborted();
    return performance.now() < turnEndsAt ? undefined : nextTurn();
  };

  async function nextTurn(): Promise<void> {
    onProgress();
    await setImmediate();
    turnEndsAt = performance.now() + LONGEST_TURN_MS;
  }
}

function withinLimit(sentences: readonly string[]): string {
  const kept = [...sentences];
  while (kept.length > 1 && countTokens(kept.join(' ')) > SUMMARY_MOST_TOKENS) kept.pop();
  const summary = kept.join(' ');
  // A character is at most 3 tokens, in rare scripts.
  return countTokens(summary) > SUMMARY_MOST_TOKENS ? clip(summary, Math.floor(SUMMARY_MOST_TOKENS / 3)) : summary;
}

/** At most so many UTF-16 units, and never half a character. */
function clip(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}
