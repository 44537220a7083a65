import type { ServerResponse } from 'node:http';
import { useDirectLine } from './copilot';
import { answersTo, botSays, json, refuses } from './direct-line-server';
import { call, connectors, failureOf, guarded, SECRET } from './fixtures';
import { closedPort } from './serve';

const { directLine, agent, run } = useDirectLine();

describe('a failure of a Copilot Studio bot', () => {
  it.each([
    ['start', 401, 'AgentMisconfigured', false, false],
    ['start', 403, 'AgentMisconfigured', false, false],
    ['start', 404, 'AgentRejected', false, false],
    ['start', 429, 'AgentRateLimited', true, false],
    ['start', 500, 'AgentUnavailable', true, false],
    ['message', 400, 'AgentRejected', false, false],
    ['message', 401, 'AgentMisconfigured', false, false],
    ['message', 429, 'AgentRateLimited', true, false],
    ['message', 502, 'AgentUnavailable', true, true], // the bot may be at work
    ['poll', 401, 'AgentMisconfigured', false, true],
    ['poll', 404, 'AgentRejected', false, true],
  ] as const)('at the %s, with status %i, is %s', async (route, status, code, isRetryable, mayHaveBeenBilled) => {
    directLine.reset(refuses(route, status, { 'retry-after': '7' }));
    const failure = await failureOf(run({}, 'hi'));
    expect(failure).toMatchObject({ code, isRetryable, mayHaveBeenBilled, costUsd: null });
    if (code === 'AgentRateLimited') expect(failure.retryAfterMs).toBe(7_000);
    expect(directLine.times(route)).toBe(1);
    expect(directLine.times('end')).toBe(route === 'start' ? 0 : 1);
    expect(failure.message).toContain('no to ***');
    expect(JSON.stringify(failure) + String(failure.stack)).not.toMatch(new RegExp(`${SECRET}|token-`));
  });

  it('at a poll is survived, for listening is free: the bot is not paid again', async () => {
    directLine.reset({
      instead: (route, response, n) => {
        if (route !== 'poll' || n > 3) return false;
        if (n === 1) response.destroy();
        else json(response, n === 2 ? 503 : 429, {}, { 'retry-after': '0.2' });
        return true;
      },
    });
    const began = performance.now();
    expect(await run({}, 'hi')).toMatchObject({ output: { text: 'Hello' } });
    expect(performance.now() - began).toBeGreaterThan(2 * 200);
    expect(directLine.times('message')).toBe(1);
  });

  it.each([
    ['503', refuses('poll', 503, { 'retry-after': '0' }), 'AgentUnavailable'],
    ['429', refuses('poll', 429, { 'retry-after': '0' }), 'AgentRateLimited'],
    ['no answer at all', answersTo('poll', (response) => response.destroy()), 'AgentUnavailable'],
  ])('at every poll (%s) ends the attempt, which may have been billed', async (_, play, code) => {
    directLine.reset(play);
    expect(await failureOf(run({}, 'hi'))).toMatchObject({ code, isRetryable: true, mayHaveBeenBilled: true });
    expect(directLine.times('poll')).toBe(6);
  });

  it.each([
    ['start', 'nothing', '', 'no JSON object', false],
    ['start', 'malformed JSON', '{"conversationId":', 'no JSON object', false],
    ['start', 'no conversation', '{"token":"x"}', 'without a valid conversationId', false],
    ['start', 'a token that no header can carry', '{"conversationId":"x","token":"a\\nb"}', 'without a valid token', false],
    ['poll', 'malformed JSON', '{"activities":[', 'no JSON object', true],
    ['poll', 'HTML', '<html></html>', 'no JSON object', true],
    ['poll', 'no activities', '{"watermark":"1"}', 'without a valid activities', true],
    ['poll', '3 MB', JSON.stringify({ activities: [botSays('x'.repeat(3_000_000))] }), 'more than 2000000 bytes', true],
    ['poll', '1.5 MB of text', JSON.stringify({ activities: [botSays('x'.repeat(1_500_000))] }), 'more than 1000000 characters', true],
  ] as const)('at the %s, by an answer of %s, is final', async (route, _, body, message, mayHaveBeenBilled) => {
    directLine.reset(answersTo(route, (response) => response.writeHead(200).end(body)));
    const failure = await failureOf(run({}, 'hi'));
    expect(failure).toMatchObject({ code: 'AgentAnswerUnreadable', isRetryable: false, mayHaveBeenBilled });
    expect(failure.message).toContain(message);
  });

  it.each([
    [
      'a broken body',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ],
    ['malformed JSON', (response: ServerResponse) => response.writeHead(200).end('{')],
  ])('to say under which id the message was taken (%s) does no harm', async (_, answer) => {
    directLine.reset({
      instead: (route, response, n) => {
        if (route === 'message') answer(response);
        if (route === 'poll' && n === 1) json(response, 200, { activities: [botSays('Hello')], watermark: '1' });
        return route === 'message' || (route === 'poll' && n === 1);
      },
    });
    expect(await run({}, 'hi')).toMatchObject({ output: { text: 'Hello' } });
  });

  it.each([
    ['ends without a word', [[0, { type: 'endOfConversation' }]] as const],
    [
      'shows a picture alone',
      [[0, botSays('', { attachments: [{ contentType: 'image/png', contentUrl: 'https://x.example' }] })]] as const,
    ],
  ])('that %s is an error, never an empty success', async (_, bot) => {
    directLine.reset({ bot });
    expect(await failureOf(run({}, 'hi'))).toMatchObject({ code: 'AgentAnswerUnreadable', isRetryable: false, mayHaveBeenBilled: true });
  });

  it.each(['botTimedOut', 'userCancelled', 'botIssuedInvalidMessage', 'channelFailed', 'unknown', 7])(
    'that ends the conversation by %j is one: what it had said by then is no answer, and is billed',
    async (code) => {
      directLine.reset({
        bot: [
          [0, botSays('the first half')],
          [10, { type: 'endOfConversation', code }],
        ],
      });
      const failure = await failureOf(run({}, 'hi'));
      expect(failure).toMatchObject({ code: 'AgentAnswerUnreadable', isRetryable: false, mayHaveBeenBilled: true, costUsd: null });
      expect(failure.message).toContain(`the bot ended the conversation with ${typeof code === 'string' ? code : 'something else'}`);
    },
  );

  it.each([
    ['start', false],
    ['message', true],
    ['poll', true],
  ] as const)('to answer the %s in time, billed: %s', async (route, mayHaveBeenBilled) => {
    directLine.reset(answersTo(route, () => undefined));
    const failure = await failureOf(run({}, 'hi', { signal: AbortSignal.timeout(500) }));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled });
    expect(directLine.times('end')).toBe(mayHaveBeenBilled ? 1 : 0);
  });

  it('to say anything in time may have been billed, and the bot is told that nobody listens', async () => {
    directLine.reset({ bot: [] });
    const failure = await failureOf(run({}, 'hi', { signal: AbortSignal.timeout(500) }));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled: true });
    expect(directLine.times('end')).toBe(1);
  });

  it('to take the goodbye costs neither the answer nor long', async () => {
    directLine.reset(answersTo('end', () => undefined));
    const began = performance.now();
    expect(await run({}, 'hi')).toMatchObject({ output: { text: 'Hello' } });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it.each(['message', 'poll'] as const)('by cancellation at the %s throws the reason, and says goodbye', async (route) => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    directLine.reset(
      answersTo(route, () => {
        controller.abort(reason);
      }),
    );
    await expect(run({}, 'hi', { signal: controller.signal })).rejects.toBe(reason);
    expect(directLine.times('end')).toBe(1);
  });

  it('by cancellation during the quiet period throws the reason at once', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const began = performance.now();
    const onProgress = () =>
      setTimeout(() => {
        controller.abort(reason);
      }, 50);
    await expect(run({ quietPeriodMs: 60_000, pollIntervalMs: 60_000 }, 'hi', { signal: controller.signal, onProgress })).rejects.toBe(
      reason,
    );
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('by cancellation before the bot was asked: blocked though nothing was spent? No, known to cost 0', async () => {
    const controller = new AbortController();
    directLine.reset(
      answersTo('start', () => {
        controller.abort(new Error('cancelled'));
      }),
    );
    const failure = await failureOf(run({}, 'hi', { signal: controller.signal }));
    expect(failure).toMatchObject({ code: 'AgentCancelled', isRetryable: false, mayHaveBeenBilled: false, costUsd: 0 });
  });

  it.each([
    ['start', false],
    ['message', true],
  ] as const)('by a connection cut at the %s, billed: %s', async (route, mayHaveBeenBilled) => {
    directLine.reset(answersTo(route, (response) => response.destroy()));
    expect(await failureOf(run({}, 'hi'))).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled });
  });

  it('to be reached cost nothing', async () => {
    const failure = await failureOf(run({ endpoint: `http://127.0.0.1:${String(await closedPort())}` }, 'hi'));
    expect(failure).toMatchObject({ code: 'AgentUnavailable', isRetryable: true, mayHaveBeenBilled: false });
  });

  it.each([
    ['a private address', {}, guarded],
    ['a missing secret', { secret: 'env:MISSING' }, undefined],
    ['a secret of two lines', { secret: 'env:BROKEN' }, undefined],
  ])('by %s is a misconfiguration, and nothing is sent', async (_, more, through) => {
    const failure = await failureOf(connectors({}, through).run(agent(more), call('hi')));
    expect(failure).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false, mayHaveBeenBilled: false });
    expect(directLine.server.received).toEqual([]);
  });
});
