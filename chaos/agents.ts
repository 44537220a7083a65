import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, type Listening } from './listen';
import type { Behaviour, Call } from './plan';

/** What every call is estimated at. */
export const ESTIMATE_MICRO_USD = 100_000;

const FAR_ABOVE_MICRO_USD = 300_000;

/** What an agent knows of a call that it had: the first of the three records, in a process that nothing kills. */
export interface AgentRecord {
  readonly call: number;
  readonly spentMicroUsd: number;
  /** What it said that it cost, so that somebody could know: null where it said nothing, or nonsense. No two are the same. */
  readonly toldMicroUsd: number | null;
}

export interface Agents extends Listening {
  readonly records: readonly AgentRecord[];
  /** An amount that nobody else is told. */
  nextCost(): number;
}

/** Serves every behaviour at a path of its name; what else an agent does is planned with the call. */
export async function serveAgents(calls: readonly Call[]): Promise<Agents> {
  const records: AgentRecord[] = [];
  let costs = 0;
  const nextCost = () => 20_000 + (costs += 1);
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = request.url?.split('/')[1] as Behaviour;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = Number(/call (\d+)/.exec(Buffer.concat(chunks).toString())?.[1]);
    const record = (spentMicroUsd: number, toldMicroUsd: number | null) => {
      records.push({ call, spentMicroUsd, toldMicroUsd });
      return toldMicroUsd;
    };
    const reply = (status: number, told: number | null, headers: Record<string, string> = {}) => {
      if (told !== null) headers['x-litellm-response-cost'] = (told / 1e6).toFixed(6);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(status === 200 ? { told } : { error: { message: `status ${String(status)}` } }));
    };
    const cost = nextCost();
    const planned = calls[call];
    if (planned === undefined || planned.way === 'direct') throw new Error(`No agent is called by ${String(call)}`);
    switch (behaviour) {
      case 'quick':
        reply(200, record(cost, cost));
        return;
      case 'slow':
        record(cost, cost);
        await pause(500 + planned.workMs);
        reply(200, cost);
        return;
      case 'stream':
        record(cost, cost);
        await streamTo(response, cost);
        return;
      case 'fail':
        reply(500, record(0, null));
        return;
      case 'spendThenFail':
        reply(500, record(cost, cost));
        return;
      case 'refuse':
        reply(400, record(0, null));
        return;
      case 'hang':
        record(cost, null);
        return;
      case 'lie': {
        if (planned.lie === 'farAbove') reply(200, record(cost + FAR_ABOVE_MICRO_USD, cost + FAR_ABOVE_MICRO_USD));
        else {
          record(cost, null);
          reply(200, null, { 'x-litellm-response-cost': planned.lie });
        }
      }
    }
  }

  return { ...(await listen(server)), records, nextCost };
}

/** An answer of a chat model: in pieces, and its tokens at the end. One costs a micro-USD. */
async function streamTo(response: ServerResponse, tokens: number): Promise<void> {
  const send = (chunk: object) => response.write(`data: ${JSON.stringify({ id: 'chunk', object: 'chat.completion.chunk', ...chunk })}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let piece = 0; piece < 5; piece += 1) {
    send({ choices: [{ index: 0, delta: { role: 'assistant', content: `piece ${String(piece)} ` }, finish_reason: null }] });
    await pause(60);
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage: { prompt_tokens: 0, completion_tokens: tokens, total_tokens: tokens } });
  response.end('data: [DONE]\n\n');
}
