import { AgentFailure, type AgentCall } from './agent';
import { unreadable } from './connection-failure';
import { faultOf, isSaying, textOf, type Activity } from './direct-line-activity';
import type { Conversation } from './direct-line-conversation';
import type { CopilotAgent } from './direct-line-request';
import { pause } from './pause';

/** With the pauses between them, half a minute. */
const MOST_TRIES = 6;
const FIRST_PAUSE_MS = 1_000;
/** More would be refused as an output anyway. */
const LONGEST_ANSWER = 1_000_000;

export interface BotAnswer {
  /** The bot's messages, a line each. */
  readonly text: string;
  /** The replies that the bot's last message offers. */
  readonly suggestedActions: readonly string[];
  /** The bot itself ended the conversation. */
  readonly hasEnded: boolean;
}

/** Listens until the bot ends the conversation, or has said something and then neither said nor typed anything for the quiet period. */
export async function botAnswer(conversation: Pick<Conversation, 'heard'>, agent: CopilotAgent, call: AgentCall): Promise<BotAnswer> {
  let text = '';
  let suggestedActions: string[] = [];
  let hasSpoken = false;
  let quietAt = Infinity;
  for (;;) {
    const askedAt = performance.now();
    const { said, isTyping, end } = sayings(await heardPatiently(conversation, agent, call));
    call.onProgress();
    for (const message of said) {
      text = [text, textOf(message)].filter((part) => part !== '').join('\n');
      if (text.length > LONGEST_ANSWER) throw unreadable(agent.agentId, `more than ${LONGEST_ANSWER} characters`, null);
      suggestedActions = (message.suggestedActions?.actions ?? []).map(({ title }) => title);
    }
    hasSpoken ||= said.some(isSaying);
    const fault = end === undefined ? null : faultOf(end);
    // What came before it is no whole answer.
    if (fault !== null) throw unreadable(agent.agentId, `in part: the bot ended the conversation with ${fault}`, null);
    const isQuiet = said.length === 0 && !isTyping;
    if (end !== undefined || (isQuiet && askedAt >= quietAt)) {
      if (text === '') throw unreadable(agent.agentId, 'without any text', null);
      return { text, suggestedActions, hasEnded: end !== undefined };
    }
    if (hasSpoken && !isQuiet) quietAt = performance.now() + agent.quietPeriodMs;
    await pause(agent, call, Math.min(agent.pollIntervalMs, Math.max(0, quietAt - performance.now())));
  }
}

/** The messages up to the end of the conversation; events and traces say nothing. */
function sayings(activities: readonly Activity[]) {
  const at = activities.findIndex(({ type }) => type === 'endOfConversation');
  const upToEnd = at < 0 ? activities : activities.slice(0, at);
  const isTyping = upToEnd.some(({ type }) => type === 'typing');
  return { said: upToEnd.filter(({ type }) => type === 'message'), isTyping, end: activities[at] };
}

/** Listening is free, so it is repeated here: a new attempt would pay the bot again. */
async function heardPatiently(conversation: Pick<Conversation, 'heard'>, agent: CopilotAgent, call: AgentCall): Promise<Activity[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await conversation.heard();
    } catch (error) {
      if (!(error instanceof AgentFailure) || !error.isRetryable || tries === MOST_TRIES) throw error;
      await pause(agent, call, error.retryAfterMs ?? Math.min(agent.pollIntervalMs, FIRST_PAUSE_MS) * 2 ** (tries - 1));
    }
  }
}
