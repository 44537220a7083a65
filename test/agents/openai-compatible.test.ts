import type { ServerResponse } from 'node:http';
import type { AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { counted, eventStream, says } from './chat-events';
import { call, connectors, definition, failureOf, guarded, SECRET } from './fixtures';
import { closedPort, serve, type Served } from './serve';

let server: Served;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = await serve((response) => {
    answer(response);
  });
});
afterAll(() => server.close());

function agent(more: object = {}) {
  const base = { platform: 'openai_compatible', agentId: 'chat', endpoint: `${server.url}/v1`, model: 'gpt-4o', apiKey: 'env:AGENT_KEY' };
  return definition({ ...base, ...more } as AgentDefinitionInput);
}

function streams(...answered: Parameters<typeof eventStream>): void {
  answer = eventStream(...answered);
}

describe('a chat agent', () => {
  it('streams, shows progress and is priced by usage', async () => {
    streams([says('Hel'), says('lo', 'stop'), counted]);
    let chunks = 0;
    const reply = await connectors().run(agent({ maxOutputTokens: 50 }), call('hi', { onProgress: () => (chunks += 1) }));
    expect(reply.output).toEqual({ text: 'Hello', finishReason: 'stop' });
    expect(reply).toMatchObject({ usage: { inputTokens: 1000, outputTokens: 500 }, costUsd: 0.0075, costSource: 'usage' });
    expect(chunks).toBe(3);
    const received = server.received.at(-1);
    expect(received?.url).toBe('/v1/chat/completions');
    expect(received?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'idempotency-key': 'key-1' });
    expect(JSON.parse(received?.body ?? '')).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 50,
    });
  });

  it('on Azure is addressed by deployment, key header and version', async () => {
    streams([says('Hello', 'stop'), counted]);
    const azure = definition({
      platform: 'azure_openai',
      agentId: 'az',
      endpoint: `${server.url}/`,
      model: 'prod',
      apiKey: 'env:AGENT_KEY',
      apiVersion: '2024-10-21',
    });
    const reply = await connectors().run(azure, call('hi'));
    expect(reply).toMatchObject({ costUsd: 0.0075, costSource: 'usage' }); // the deployment's model is named in the answer
    expect(server.received.at(-1)).toMatchObject({ url: '/openai/deployments/prod/chat/completions?api-version=2024-10-21' });
    expect(server.received.at(-1)?.headers).toMatchObject({ 'api-key': SECRET });
  });

  it.each([
    ['the header', [says('a', 'stop'), counted], { 'x-litellm-response-cost': '0.3' }, { costUsd: 0.3, costSource: 'reported' }],
    [
      'usage.cost',
      [says('a', 'stop'), { choices: [], usage: { ...counted.usage, cost: 0.2 } }],
      {},
      { costUsd: 0.2, costSource: 'reported' },
    ],
    [
      'a header of 0, sent before the cost was known',
      [says('a', 'stop'), counted],
      { 'x-litellm-response-cost': '0.0' },
      { costUsd: 0.0075, costSource: 'usage' },
    ],
    [
      'a negative usage.cost',
      [says('a', 'stop'), { choices: [], usage: { ...counted.usage, cost: -1 } }],
      {},
      { costUsd: null, costSource: 'estimate' },
    ],
    ['a header of NaN', [says('a', 'stop'), counted], { 'x-litellm-response-cost': 'NaN' }, { costUsd: null, costSource: 'estimate' }],
    ['no usage', [says('a', 'stop')], {}, { costUsd: null, costSource: 'estimate', usage: null }],
    [
      'usage of 0 and 0',
      [says('a', 'stop'), { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } }],
      {},
      { costUsd: null, costSource: 'estimate', usage: null },
    ],
  ])('takes its cost from %s', async (_, events, headers, expected) => {
    streams(events, headers);
    expect(await connectors().run(agent(), call('hi'))).toMatchObject(expected);
  });

  it('may answer in one piece', async () => {
    const body = { model: 'gpt-4o', choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }], usage: counted.usage };
    answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    expect(await connectors().run(agent(), call('hi'))).toMatchObject({ output: { text: 'Hello', finishReason: 'stop' }, costUsd: 0.0075 });
  });

  it.each([
    [
      'messages and parameters',
      {},
      { messages: [{ role: 'user', content: 'x' }], temperature: 0.5, max_tokens: 9 },
      { temperature: 0.5, max_tokens: 9 },
    ],
    ['the lower of two limits', { maxOutputTokens: 5 }, { messages: [{ role: 'user', content: 'x' }], max_tokens: 9 }, { max_tokens: 5 }],
    ['the new name for reasoning models', { model: 'o3-mini', maxOutputTokens: 5 }, 'x', { max_completion_tokens: 5 }],
  ])('is sent %s', async (_, more, input, expected) => {
    streams([says('a', 'stop'), counted]);
    await connectors().run(agent(more), call(input));
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toMatchObject(expected);
  });

  it.each([
    ['no messages', { messages: [] }],
    ['a parameter that multiplies the cost', { messages: [{ role: 'user', content: 'x' }], n: 50 }],
    ['another object', { document: 'x' }],
    ['a number', 5],
  ])('refuses %s before anything is sent', async (_, input) => {
    const before = server.received.length;
    expect(await failureOf(connectors().run(agent(), call(input)))).toMatchObject({
      code: 'AgentRejected',
      isRetryable: false,
      mayHaveBeenBilled: false,
    });
    expect(server.received).toHaveLength(before);
  });

  it.each([
    [401, {}, { code: 'AgentRejected', isRetryable: false, costUsd: null }],
    [429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, { code: 'AgentRateLimited', isRetryable: true, retryAfterMs: 9_000 }],
    [408, {}, { code: 'AgentUnavailable', isRetryable: true }],
    [500, { 'x-litellm-response-cost': '0.1' }, { code: 'AgentUnavailable', isRetryable: true, costUsd: 0.1 }],
  ])('a status of %i is tried once and named', async (status, headers, expected) => {
    const before = server.received.length;
    answer = (response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify({ error: { message: `Incorrect key ${SECRET}` } }));
    };
    const failure = await failureOf(connectors().run(agent(), call('hi')));
    expect(failure).toMatchObject({ ...expected, mayHaveBeenBilled: false });
    expect(failure.message).toContain('Incorrect key ***');
    expect(JSON.stringify(failure) + String(failure.stack)).not.toContain(SECRET);
    expect(server.received).toHaveLength(before + 1);
  });

  it.each([
    ['HTML', 'text/html', '<html></html>'],
    ['nothing', 'text/event-stream', ''],
    ['only the end mark', 'text/event-stream', 'data: [DONE]\n\n'],
    ['malformed chunks', 'text/event-stream', 'data: {"choices":[\n\n'],
    ['chunks of another kind', 'text/event-stream', 'data: {"choices":"none"}\n\n'],
    ['malformed JSON', 'application/json', '{"choices":'],
    ['an empty object', 'application/json', '{}'],
  ])('an answer of %s is an error, never $0', async (_, type, body) => {
    answer = (response) => response.writeHead(200, { 'content-type': type, 'x-litellm-response-cost': '0.5' }).end(body);
    const failure = await failureOf(connectors().run(agent(), call('hi')));
    expect(failure).toMatchObject({ code: 'AgentAnswerUnreadable', isRetryable: false, mayHaveBeenBilled: true, costUsd: 0.5 });
  });

  it.each([
    ['cut off', [says('Hel')], 'cut' as const, null],
    ['cut off after it told its cost', [says('Hel'), { choices: [], usage: { ...counted.usage, cost: 0.2 } }], 'cut' as const, 0.2],
    ['ended without a finish reason', [says('Hel')], 'done' as const, null],
    ['broken off by an error event', [says('Hel'), { error: { message: `overloaded ${SECRET}` } }], 'done' as const, null],
  ])('a stream %s may have been billed', async (_, events, end, costUsd) => {
    streams(events, {}, end);
    const failure = await failureOf(connectors().run(agent(), call('hi')));
    expect(failure).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled: true, costUsd });
    expect(failure.message).not.toContain(SECRET);
  });

  it('an aborted stream costs 0: no, the time-out is charged', async () => {
    streams([says('Hel')], {}, 'open');
    const failure = await failureOf(connectors().run(agent(), call('hi', { signal: AbortSignal.timeout(100) })));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled: true });
  });

  it('never answered times out', async () => {
    answer = () => undefined;
    const failure = await failureOf(connectors().run(agent(), call('hi', { signal: AbortSignal.timeout(50) })));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled: true });
  });

  it('cancelled in the middle of a stream throws the reason at once', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    streams([says('Hel')], {}, 'open');
    const onProgress = () => {
      controller.abort(reason);
    };
    await expect(connectors().run(agent(), call('hi', { signal: controller.signal, onProgress }))).rejects.toBe(reason);
  });

  it('cancelled after its cost was told is charged that cost', async () => {
    const controller = new AbortController();
    streams([{ ...says('Hel'), usage: { ...counted.usage, cost: 0.25 } }], {}, 'open');
    const onProgress = () => {
      setTimeout(() => {
        controller.abort(new Error('cancelled'));
      }, 20);
    };
    const failure = await failureOf(connectors().run(agent(), call('hi', { signal: controller.signal, onProgress })));
    expect(failure).toMatchObject({ code: 'AgentCancelled', costUsd: 0.25 });
  });

  it('cut off after the request may have been billed', async () => {
    answer = (response) => response.destroy();
    expect(await failureOf(connectors().run(agent(), call('hi')))).toMatchObject({ code: 'AgentUnavailable', mayHaveBeenBilled: true });
  });

  it('that cannot be reached cost nothing', async () => {
    const failure = await failureOf(connectors().run(agent({ endpoint: `http://127.0.0.1:${String(await closedPort())}` }), call('hi')));
    expect(failure).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled: false });
  });

  it.each([
    ['a private address', {}, guarded],
    ['a missing key', { apiKey: 'env:MISSING' }, undefined],
  ])('with %s is misconfigured, and nothing is sent', async (_, more, through) => {
    const before = server.received.length;
    expect(await failureOf(connectors({}, through).run(agent(more), call('hi')))).toMatchObject({
      code: 'AgentMisconfigured',
      isRetryable: false,
    });
    expect(server.received).toHaveLength(before);
  });

  it('sends the key nowhere else, whatever the package finds in the environment', async () => {
    streams([says('a', 'stop'), counted]);
    const before = server.received.length;
    process.env['OPENAI_BASE_URL'] = 'http://192.0.2.1';
    process.env['OPENAI_CUSTOM_HEADERS'] = 'x-leak: yes';
    try {
      await connectors().run(agent(), call('hi'));
      await connectors().run(agent({ platform: 'azure_openai', apiVersion: '2024-10-21' }), call('hi'));
    } finally {
      delete process.env['OPENAI_BASE_URL'];
      delete process.env['OPENAI_CUSTOM_HEADERS'];
    }
    expect(server.received).toHaveLength(before + 2);
  });
});
