import type { ServerResponse } from 'node:http';
import type { Exchange } from '../../src/notify/post';
import { sendTeams, teamsBody } from '../../src/notify/teams';
import { serve, type Served } from '../agents/serve';
import { alert, failureOf, nasty, outbound, signal } from './support';

let server: Served;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = await serve((response) => {
    answer(response);
  });
});
afterAll(() => Promise.all([server.close(), outbound.close()]));

function send(timeoutMs = 5_000) {
  const exchange: Exchange = { outbound, url: `${server.url}/workflows/secret?sig=secret`, signal, timeoutMs, now: Date.now };
  return sendTeams(alert(), exchange);
}

it('is an Adaptive Card that reads well', () => {
  const run = (text: string, more = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...more }] });
  const headline = 'Budget acme-monthly has reached 75% of its monthly limit: $780.00 of $1,000.00';
  expect(teamsBody(alert())).toEqual({
    type: 'message',
    summary: headline,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            run(headline, { size: 'Large', weight: 'Bolder', color: 'Warning' }),
            { type: 'TextBlock', text: '▓▓▓▓▓▓▓░░░ 78%' },
            {
              type: 'FactSet',
              facts: [
                { title: 'Spent this month', value: '$780.00 of $1,000.00 (78%)' },
                { title: 'Left this month', value: '$220.00' },
                { title: 'Forecast for the month', value: '$6,045.00' },
                { title: 'Month resets', value: '2026-02-01 00:00 UTC' },
              ],
            },
            run('75% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%'),
            run('Organization org-001 · Agent agent-001 · Budget acme-monthly', { isSubtle: true, size: 'Small' }),
          ],
        },
      },
    ],
  });
});

it('stays below 28 KB, and no name is read as Markdown', () => {
  const body = JSON.stringify(teamsBody(nasty));
  expect(Buffer.byteLength(body)).toBeLessThan(28 * 1_024);
  const [attachment] = teamsBody(nasty).attachments;
  const markdown = attachment?.content.body.filter(({ type }) => type !== 'RichTextBlock');
  expect(JSON.stringify(markdown)).not.toMatch(/evil|script|&&|<</);
});

const FAILED = (status: number) =>
  `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${String(status)} with ContextId tcid=0`;

describe('Teams answers', () => {
  it.each([
    [202, '', null],
    [200, '1', null],
    [200, FAILED(429), { isRetryable: true, disables: false }],
    [200, FAILED(413), { isRetryable: false }],
    [200, FAILED(410), { isRetryable: false, disables: true }],
    [400, 'WorkflowTriggerIsNotEnabled', { isRetryable: false }],
    [410, '', { isRetryable: false, disables: true }],
    [429, '', { isRetryable: true, retryAfterMs: 30_000 }],
    [502, '', { isRetryable: true }],
  ])('%i %s: %j', async (status, body, expected) => {
    answer = (response) => response.writeHead(status, { 'retry-after': '30' }).end(body);
    if (expected === null) {
      await send();
      expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual(teamsBody(alert()));
      return;
    }
    const failure = await failureOf(send());
    expect(failure).toMatchObject(expected);
    expect(failure.message).not.toContain('secret');
  });

  it.each([
    ['never ends', (response: ServerResponse) => response.write(Buffer.alloc(5_000, '1'))],
    ['stops', (response: ServerResponse) => response.write('1')],
    ['breaks off', (response: ServerResponse) => response.write('1', () => response.destroy())],
  ])('200 with a body that %s: it has arrived', async (_, write) => {
    answer = (response) => {
      response.writeHead(200);
      write(response);
    };
    await send(200);
  });
});
