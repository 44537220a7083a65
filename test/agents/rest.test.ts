import type { ServerResponse } from 'node:http';
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

function agent(more: object = {}, endpoint = `${server.url}/run?sig=in-the-query`) {
  const secretHeaders = { Authorization: 'env:AGENT_KEY' };
  return definition({ platform: 'custom_rest_api', agentId: 'rest', endpoint, secretHeaders, ...more });
}

function answers(status: number, headers: Record<string, string>, body: string) {
  answer = (response) => response.writeHead(status, headers).end(body);
}

describe('a REST agent', () => {
  it.each(['custom_rest_api', 'third_party_agent', 'power_automate'] as const)('on %s gets input, key and secret', async (platform) => {
    answers(200, { 'x-litellm-response-cost': '0.25' }, '{"result":"done"}');
    const reply = await connectors().run(agent({ platform }), call({ question: 'why?' }));
    expect(reply).toEqual({ output: { result: 'done' }, usage: null, costUsd: 0.25, costSource: 'reported' });
    const received = server.received.at(-1);
    expect(received).toMatchObject({ method: 'POST', url: '/run?sig=in-the-query' });
    expect(received?.headers).toMatchObject({ 'idempotency-key': 'key-1', authorization: SECRET, 'content-type': 'application/json' });
    expect(JSON.parse(received?.body ?? '')).toEqual({ input: { question: 'why?' }, agentId: 'rest' });
  });

  const tokens = '{"answer":{"text":"hi"},"billing":{"usd":0.125},"usage":{"prompt_tokens":10,"completion_tokens":5}}';
  it.each([
    ['its output field', { outputField: 'answer.text' }, {}, { output: 'hi', costUsd: null, costSource: 'estimate' }],
    ['its cost field', { costField: 'billing.usd' }, {}, { costUsd: 0.125, costSource: 'reported' }],
    [
      'the header before the field',
      { costField: 'billing.usd' },
      { 'x-litellm-response-cost': '1' },
      { costUsd: 1, costSource: 'reported' },
    ],
    ['usage x price', { prices: { inputUsdPerToken: 0.01, outputUsdPerToken: 0.02 } }, {}, { costUsd: 0.2, costSource: 'usage' }],
    ['a cost field that is missing', { costField: 'billing.eur', model: 'gpt-4o' }, {}, { costUsd: 0.000075, costSource: 'usage' }],
    ['a negative cost', { model: 'gpt-4o' }, { 'x-litellm-response-cost': '-3' }, { costUsd: null, costSource: 'estimate' }],
    ['NaN', { model: 'gpt-4o' }, { 'x-litellm-response-cost': 'NaN' }, { costUsd: null, costSource: 'estimate' }],
  ])('answers by %s', async (_, more, headers, expected) => {
    answers(200, headers, tokens);
    const reply = await connectors().run(agent(more), call('x'));
    expect(reply).toMatchObject({ ...expected, usage: { inputTokens: 10, outputTokens: 5 } });
  });

  it.each([
    [400, 'AgentRejected', false],
    [401, 'AgentRejected', false],
    [404, 'AgentRejected', false],
    [408, 'AgentUnavailable', true],
    [422, 'AgentRejected', false],
    [425, 'AgentUnavailable', true],
    [429, 'AgentRateLimited', true],
    [500, 'AgentUnavailable', true],
    [503, 'AgentUnavailable', true],
  ])('a status of %i is %s (an upstream 500 counts as success)', async (status, code, isRetryable) => {
    answers(status, { 'retry-after': '3' }, JSON.stringify({ error: { message: `bad key ${SECRET}` } }));
    const failure = await failureOf(connectors().run(agent(), call('x')));
    expect(failure).toMatchObject({ code, isRetryable, mayHaveBeenBilled: false, costUsd: null, retryAfterMs: 3_000 });
    expect(failure.message).toContain('bad key ***');
    expect(JSON.stringify(failure) + String(failure.stack)).not.toContain(SECRET);
  });

  it.each([500, 400])('a %i with a reported cost is charged', async (status) => {
    answers(status, { 'x-litellm-response-cost': '0.02' }, '<html>oops</html>');
    expect(await failureOf(connectors().run(agent(), call('x')))).toMatchObject({ costUsd: 0.02, mayHaveBeenBilled: false });
  });

  it.each([
    ['malformed JSON', '{"result":', 'no JSON object'],
    ['HTML', '<html></html>', 'no JSON object'],
    ['nothing', '', 'nothing'],
    ['an array', '[1]', 'no JSON object'],
    ['null', 'null', 'no JSON object'],
    ['a text', '"hi"', 'no JSON object'],
    ['no promised field', '{"a":1}', 'without the field b'],
    ['3 MB', JSON.stringify({ b: 'x'.repeat(3_000_000) }), 'more than 2000000 bytes'],
  ])('an answer of %s is an error, never $0', async (_, body, message) => {
    answers(200, { 'x-litellm-response-cost': '0.5' }, body);
    const failure = await failureOf(connectors().run(agent({ outputField: 'b' }), call('x')));
    expect(failure).toMatchObject({ code: 'AgentAnswerUnreadable', isRetryable: false, mayHaveBeenBilled: true, costUsd: 0.5 });
    expect(failure.message).toContain(message);
  });

  it('that never answers times out, and may have been billed', async () => {
    answer = () => undefined;
    const failure = await failureOf(connectors().run(agent(), call('x', { signal: AbortSignal.timeout(50) })));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled: true });
  });

  it('that times out in the middle of its body keeps the cost it had reported', async () => {
    answer = (response) => response.writeHead(200, { 'x-litellm-response-cost': '0.4' }).write('{"re');
    const failure = await failureOf(connectors().run(agent(), call('x', { signal: AbortSignal.timeout(100) })));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', costUsd: 0.4, mayHaveBeenBilled: true });
  });

  it.each([
    ['after the request', (response: ServerResponse) => response.destroy()],
    [
      'in the middle of the body',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ],
  ])('cut off %s may have been billed', async (_, cut) => {
    answer = cut;
    const failure = await failureOf(connectors().run(agent(), call('x')));
    expect(failure).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled: true });
  });

  it('that cannot be reached cost nothing', async () => {
    const failure = await failureOf(connectors().run(agent({}, `http://127.0.0.1:${String(await closedPort())}`), call('x')));
    expect(failure).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled: false });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('that is cancelled throws the reason at once', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    answer = () => {
      controller.abort(reason);
    };
    await expect(connectors().run(agent(), call('x', { signal: controller.signal }))).rejects.toBe(reason);
  });

  it.each([
    ['a private address', {}, guarded],
    ['a missing secret', { secretHeaders: { 'x-key': 'env:MISSING' } }, undefined],
    ['a secret of two lines', { secretHeaders: { 'x-key': 'env:BROKEN' } }, undefined],
  ])('with %s is misconfigured, and nothing is sent', async (_, more, through) => {
    const before = server.received.length;
    const failure = await failureOf(connectors({}, through).run(agent(more), call('x')));
    expect(failure).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false, mayHaveBeenBilled: false });
    expect(server.received).toHaveLength(before);
    expect(failure.message).not.toMatch(/lines|in-the-query/);
  });

  it('that redirects is misconfigured, and its secret stays here', async () => {
    const other = await serve((response) => response.end('{}'));
    answers(307, { location: other.url }, '');
    expect(await failureOf(connectors().run(agent(), call('x')))).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false });
    expect(other.received).toEqual([]);
    await other.close();
  });
});

describe('a definition is refused', () => {
  it.each([
    ['credentials in the address', { endpoint: 'https://user:pass@agents.example' }],
    ['a header with a line break', { secretHeaders: { 'x\n': 'env:A' } }],
    ['a header of the connection', { secretHeaders: { Host: 'env:A' } }],
    ['a secret instead of a reference', { secretHeaders: { Authorization: SECRET } }],
    ['another protocol', { endpoint: 'file:///etc/passwd' }],
  ])('with %s', (_, more) => {
    expect(() => agent(more)).toThrow();
  });
});
