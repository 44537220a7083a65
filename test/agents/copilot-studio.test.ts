import { useDirectLine } from './copilot';
import { botSays, type Route } from './direct-line-server';
import { call, connectors, failureOf, outbound, SECRET } from './fixtures';

const { directLine, agent, run } = useDirectLine();
const bodies = (route: Route) => directLine.requestsOf(route).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const bearers = (route: Route) => directLine.requestsOf(route).map(({ headers }) => headers.authorization);
describe('a Copilot Studio bot', () => {
  it('is asked in a conversation of its own, heard until it is quiet, and bid goodbye', async () => {
    const typing = { type: 'typing', from: { id: 'bot' }, text: 'Hel' };
    directLine.reset({
      bot: [
        [0, typing],
        [20, botSays('Hello')],
        [100, typing],
        [110, botSays('there')],
        [150, { type: 'event', name: 'x' }],
      ],
    });
    let polls = 0;
    const reply = await run({}, 'hi', { onProgress: () => (polls += 1) });
    expect(reply).toEqual({ output: { text: 'Hello\nthere', suggestedActions: [] }, usage: null, costUsd: null, costSource: 'estimate' });
    expect(bearers('start')).toEqual([`Bearer ${SECRET}`]);
    expect(bearers('message')).toEqual(['Bearer token-1-of-the-conversation']);
    const [message] = bodies('message');
    expect(message).toMatchObject({ type: 'message', text: 'hi', channelData: { clientActivityID: 'key-1' } });
    expect(message?.['from']).toEqual({ id: expect.stringMatching(/^dl_/) as string });
    expect(bodies('end')).toEqual([{ type: 'endOfConversation', from: message?.['from'] }]);
    expect(polls).toBe(directLine.times('poll'));
  });

  it.each([
    [
      'an empty message comes first',
      [
        [0, botSays('')],
        [500, botSays('at last')],
      ] as const,
      'at last',
    ],
    [
      'it types for longer than the quiet period before it speaks',
      [
        [0, { type: 'typing' }],
        [500, botSays('at last')],
      ] as const,
      'at last',
    ],
    [
      'it types for longer than the quiet period in between',
      [
        [0, botSays('thinking')],
        ...[120, 240, 360, 480].map((afterMs) => [afterMs, { type: 'typing' }] as const),
        [560, botSays('done')],
      ] as const,
      'thinking\ndone',
    ],
    [
      'it ends well',
      [
        [0, botSays('all')],
        [10, { type: 'endOfConversation', code: 'completedSuccessfully' }],
      ] as const,
      'all',
    ],
  ])('is heard to its end when %s', async (_, bot, text) => {
    directLine.reset({ bot });
    expect(await run({}, 'hi')).toMatchObject({ output: { text } });
  });

  it('is polled with the watermark, and what was sent to it is no answer', async () => {
    directLine.reset({
      bot: [
        [10, botSays('one')],
        [80, botSays('two')],
      ],
    });
    expect(await run({}, { text: 'hi', locale: 'de-DE' })).toMatchObject({ output: { text: 'one\ntwo' } });
    const polls = directLine.requestsOf('poll').map(({ url }) => url?.split('?')[1]);
    expect(polls[0]).toBeUndefined();
    expect(polls.slice(1).every((query) => /^watermark=[123]$/.test(query ?? ''))).toBe(true);
    expect(polls.at(-1)).toBe('watermark=3');
    expect(bodies('message')).toMatchObject([{ text: 'hi', locale: 'de-DE' }]);
  });

  it('that ends the conversation is not waited for, and needs no goodbye', async () => {
    directLine.reset({
      bot: [
        [0, botSays('bye')],
        [0, { type: 'endOfConversation', code: 'completedSuccessfully' }],
        [0, botSays('late')],
      ],
    });
    expect(await run({ quietPeriodMs: 60_000 }, 'hi')).toMatchObject({ output: { text: 'bye' } });
    expect(directLine.times('end')).toBe(0);
  });

  it('that goes on talking is heard for longer than the quiet period', async () => {
    directLine.reset({ bot: [0, 80, 160, 240, 320].map((afterMs) => [afterMs, botSays(String(afterMs))] as const) });
    expect(await run({}, 'hi')).toMatchObject({ output: { text: '0\n80\n160\n240\n320' } });
  });

  const card = { body: [{ type: 'TextBlock', text: 'from a card' }], actions: [{ type: 'Action.Submit', title: 'no text' }] };
  it.each([
    [
      'an adaptive card',
      { attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] },
      'said\nfrom a card',
      [],
    ],
    [
      'a hero card',
      { attachments: [{ contentType: 'image/png' }, { content: { title: 'T', text: 'x', buttons: [{ title: 'b' }] } }] },
      'said\nT\nx',
      [],
    ],
    [
      'suggested actions',
      {
        suggestedActions: {
          actions: [
            { type: 'imBack', title: 'Yes' },
            { type: 'imBack', title: 'No' },
          ],
        },
      },
      'said',
      ['Yes', 'No'],
    ],
    ['odd trimmings', { attachments: 'none', suggestedActions: [1], from: 7 }, 'said', []],
  ])('says more with %s', async (_, more, text, suggestedActions) => {
    directLine.reset({ bot: [[0, botSays('said', more)]] });
    expect((await run({}, 'hi')).output).toEqual({ text, suggestedActions });
  });

  it.each([
    ['a price per call', { usdPerCall: 0.02 }, { costUsd: 0.02, costSource: 'usage' }],
    ['prices of tokens that nobody counts', { inputUsdPerToken: 1, usdPerCall: 0.02 }, { costUsd: null, costSource: 'estimate' }],
  ])('is charged by %s', async (_, prices, expected) => {
    expect(await run({ prices }, 'hi')).toMatchObject(expected);
  });

  it.each([
    ['nothing', ''],
    ['a number', 5],
    ['another object', { document: 'x' }],
    ['more than a text', { text: 'x', from: { id: 'boss' } }],
  ])('refuses %s before anything is sent', async (_, input) => {
    const failure = await failureOf(run({}, input));
    expect(failure).toMatchObject({ code: 'AgentRejected', isRetryable: false, mayHaveBeenBilled: false });
    expect(directLine.server.received).toEqual([]);
  });
});

describe('the channel of a Copilot Studio bot', () => {
  const asked: string[] = [];
  const nowhere = {
    ...outbound,
    fetch: (url: string | URL | Request) => {
      asked.push(url instanceof Request ? url.url : url.toString());
      return Promise.resolve(Response.json({ token: 't', channelUrlsById: { directline: 'http://europe.example' } }));
    },
  };

  it('is the global one unless its definition says otherwise', async () => {
    await failureOf(connectors({}, nowhere).run(agent({ endpoint: undefined }), call('hi')));
    expect(asked.at(-1)).toBe('https://directline.botframework.com/v3/directline/conversations');
  });

  it('gets no token without TLS from a token endpoint that has it', async () => {
    const tokenEndpoint = 'https://env.example/powervirtualagents/botsbyschema/b/directline/token';
    const bot = agent({ endpoint: undefined, secret: undefined, tokenEndpoint });
    const failure = await failureOf(connectors({}, nowhere).run(bot, call('hi')));
    expect(failure).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false, mayHaveBeenBilled: false });
    expect(asked.some((url) => url.startsWith('http:'))).toBe(false);
  });
});

describe('a Copilot Studio definition is refused', () => {
  it.each([
    ['with neither secret nor token endpoint', { secret: undefined }, 'give either'],
    ['with both', { tokenEndpoint: 'https://tokens.example' }, 'give either'],
    ['with a secret instead of a reference', { secret: SECRET }, 'must be env:NAME'],
    ['with a quiet period as long as the time-out', { quietPeriodMs: 5_000, timeoutMs: 5_000 }, 'shorter than the time-out'],
  ])('%s', (_, more, message) => {
    expect(() => agent(more)).toThrow(message);
  });
});
