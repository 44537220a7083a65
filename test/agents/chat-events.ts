import type { ServerResponse } from 'node:http';

export const says = (content: string, finish_reason: string | null = null) => ({
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
export const counted = { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 500 } };

/** Answers a chat request with these events, and then ends it, cuts it off or leaves it open. */
export function eventStream(
  events: readonly (object | string)[],
  headers: Record<string, string> = {},
  end: 'done' | 'cut' | 'open' = 'done',
) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    for (const event of events) response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
    if (end === 'done') response.end('data: [DONE]\n\n');
    if (end === 'cut') setTimeout(() => response.destroy(), 20);
  };
}
