import type { ServerResponse } from 'node:http';
import type { Exchange } from '../../src/notify/post';
import { sendSlack, slackBody } from '../../src/notify/slack';
import { serve, type Served } from '../agents/serve';
import { alert, crossing, failureOf, HALF_A_CHARACTER, month, nasty, notifier, outbound, signal, targets } from './support';

let server: Served;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = await serve((response) => {
    answer(response);
  });
});
afterAll(() => Promise.all([server.close(), outbound.close()]));

function send(message = alert()) {
  const exchange: Exchange = { outbound, url: `${server.url}/services/T0/B0/secret`, signal, timeoutMs: 5_000, now: Date.now };
  return sendSlack(message, exchange);
}

interface Text {
  readonly type: string;
  readonly text: string;
}
interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}

function blocksOf(message: Parameters<typeof slackBody>[0]): Block[] {
  return slackBody(message).blocks;
}

it('reads well', () => {
  expect(slackBody(alert({ crossings: [crossing(0.5), crossing(0.75)], isDigest: true }))).toEqual({
    text: 'Budget acme-monthly has reached 75% of its monthly limit: $780.00 of $1,000.00',
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: '⚠️ Budget acme-monthly has reached 75% of its monthly limit: $780.00 of $1,000.00',
          emoji: true,
        },
      },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '▓▓▓▓▓▓▓░░░ *78%*' },
        fields: [
          { type: 'mrkdwn', text: '*Spent this month*\n$780.00 of $1,000.00 (78%)' },
          { type: 'mrkdwn', text: '*Left this month*\n$220.00' },
          { type: 'mrkdwn', text: '*Forecast for the month*\n$6,045.00' },
          { type: 'mrkdwn', text: '*Month resets*\n2026-02-01 00:00 UTC' },
        ],
      },
      {
        type: 'section',
        text: {
          type: 'plain_text',
          text: '50% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%\n75% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%',
          emoji: true,
        },
      },
      {
        type: 'context',
        elements: [
          {
            type: 'plain_text',
            text: 'Organization org-001 · Agent agent-001 · Budget acme-monthly · Collected since the last message',
            emoji: true,
          },
        ],
      },
    ],
  });
});

it('without a limit and without an event has no bar and no empty text', () => {
  const blocks = blocksOf(alert({ crossings: [], month: { ...month, limitUsd: null, remainingUsd: null, usage: null } }));
  expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
  expect(blocks[1]).not.toHaveProperty('text');
});

it('keeps the limits of Slack, with everything escaped, whatever the names', () => {
  const { text } = slackBody(nasty);
  const blocks = blocksOf(nasty);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
  const texts = [
    text,
    ...blocks.flatMap((block) => [block.text, ...(block.fields ?? []), ...(block.elements ?? [])]).map((one) => one?.text),
  ];
  for (const one of texts.filter((found) => found !== undefined)) {
    expect(one.length).toBeGreaterThan(0);
    expect(one.length).toBeLessThanOrEqual(3_000);
    expect(one).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
    expect(one).not.toMatch(HALF_A_CHARACTER);
  }
  for (const { fields = [], elements = [] } of blocks) {
    expect(fields.length).toBeLessThanOrEqual(10);
    for (const { text: one } of [...fields, ...elements]) expect(one.length).toBeLessThanOrEqual(2_000);
  }
});

it('leaves room in the header for what happened to a budget of the longest name', () => {
  const [header] = blocksOf(alert({ budgetId: 'b'.repeat(200), isTest: true }));
  expect(header?.text?.text).toMatch(/has reached 75% of its monthly limit: \$780\.00 of \$1,000\.00$/);
});

describe('Slack answers', () => {
  it.each([
    [200, 'ok', null],
    [400, 'invalid_payload', { isRetryable: false, disables: false }],
    [400, 'no_text', { isRetryable: false, disables: false }],
    [403, 'action_prohibited', { isRetryable: false, disables: false }],
    [403, 'invalid_token', { isRetryable: false, disables: true }],
    [404, 'no_service', { isRetryable: false, disables: true }],
    [404, 'channel_not_found', { isRetryable: false, disables: false }],
    [410, 'channel_is_archived', { isRetryable: false, disables: true }],
    [410, 'gone', { isRetryable: false, disables: true }],
    [429, 'rate_limited', { isRetryable: true, retryAfterMs: 30_000 }],
    [500, 'rollup_error', { isRetryable: true }],
  ])('%i %s: %j', async (status, body, expected) => {
    answer = (response) => response.writeHead(status, { 'retry-after': '30' }).end(body);
    if (expected === null) {
      await send();
      expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual(slackBody(alert()));
      return;
    }
    const failure = await failureOf(send());
    expect(failure).toMatchObject(expected);
    expect(failure.message).toBe(`${server.url} answered with status ${status} (${body})`);
  });

  it('a page, of which nothing is quoted', async () => {
    answer = (response) => response.writeHead(400).end('<html>/services/T0/B0/secret</html>');
    expect((await failureOf(send())).message).toBe(`${server.url} answered with status 400`);
  });
});

it('the notifier sends this form to an address of Slack, whatever the channel was called when it was chosen (the wrong schema for Slack or Teams)', async () => {
  answer = (response) => response.end('ok');
  const urls: string[] = [];
  const rerouted = {
    fetch: (url: string | URL | Request, init?: RequestInit) => {
      urls.push(url instanceof Request ? url.url : String(url));
      return outbound.fetch(server.url, init);
    },
  };
  const webhookUrl = 'https://hooks.slack.com/services/T0/B0/secret';
  await notifier({ outbound: rerouted }).send('webhook', alert(), targets({ webhookUrl }), signal);
  expect(urls).toEqual([webhookUrl]);
  expect(server.received.at(-1)?.body).toContain('"blocks"');
});
