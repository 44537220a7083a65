import { noteOf } from '../../src/notify/sent';
import { closedPort, serve } from '../agents/serve';
import { refusal, serveMail, type MailServer } from './smtp';
import { alert, crossing, failureOf, month, nasty, notifier, signal, targets } from './support';

let server: MailServer;
beforeAll(async () => {
  server = await serveMail();
});
afterAll(() => server.close());

const FROM = 'Budgets <budgets@acme.example>';

function send(recipients: readonly string[], { message = alert(), url = server.url, emailTimeoutMs = 5_000, aborts = signal } = {}) {
  const config = targets({ emailRecipients: recipients });
  return notifier({ smtp: { url, from: FROM }, emailTimeoutMs }).send('email', message, config, aborts);
}

/** One server with its own rules, for as long as `run` takes. */
async function withServer<T>(options: Parameters<typeof serveMail>[0], run: (server: MailServer) => Promise<T>): Promise<T> {
  const own = await serveMail(options);
  try {
    return await run(own);
  } finally {
    await own.close();
  }
}

describe('an email', () => {
  it('goes to all recipients at once, as text and HTML, and says what a person wants to know', async () => {
    const exhausted = { ...month, spentUsd: 950, remainingUsd: 50, usage: 0.95 };
    const message = alert({ crossings: [0.5, 0.75, 0.9].map((threshold) => crossing(threshold)), month: exhausted });
    expect(await send(['ann@acme.example', 'bob@acme.example'], { message })).toEqual({ refused: [], deferred: [] });
    expect(server.received).toHaveLength(1);
    const { mail, recipients } = server.received[0] ?? {};
    expect(recipients).toEqual(['ann@acme.example', 'bob@acme.example']);
    expect(mail?.subject).toBe('Budget acme-monthly has reached 90% of its monthly limit: $950.00 of $1,000.00');
    expect(mail?.from?.text).toBe('"Budgets" <budgets@acme.example>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.text).toBe(`Budget acme-monthly has reached 90% of its monthly limit: $950.00 of $1,000.00.

Spent this month: $950.00 of $1,000.00 (95%)
Left this month: $50.00
Forecast for the month: $6,045.00
Month resets: 2026-02-01 00:00 UTC

- 50% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%
- 75% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%
- 90% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%

Organization org-001
Agent agent-001
Budget acme-monthly
`);
    expect(mail?.html).toContain('<td style="padding:4px 0;font-weight:bold">$950.00 of $1,000.00 (95%)</td>');
    expect(mail?.html).toContain('<li>90% of the monthly limit, reached at 2026-01-04 12:00 UTC with 78%</li>');
  });

  it('has the same Message-ID whenever it is sent, and another than other messages', async () => {
    await send(['ann@acme.example']);
    await send(['ann@acme.example']);
    await send(['ann@acme.example'], { message: alert({ id: 'alert-2' }) });
    const [first, second, other] = server.received.slice(-3).map(({ mail }) => mail.messageId);
    expect(first).toMatch(/^<[0-9a-f]{40}@acme\.example>$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('escapes every name in HTML, and keeps the subject short', async () => {
    await send(['ann@acme.example'], { message: nasty });
    const { mail } = server.received.at(-1) ?? {};
    expect(mail?.subject?.length).toBeLessThanOrEqual(200);
    expect(mail?.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(mail?.html).not.toMatch(/<script|<!channel|<b>/);
    expect(mail?.text).toContain('<script>alert(1)</script>');
  });

  it('reads no address as several', async () => {
    const before = server.received.length;
    expect(await failureOf(send(['ann@acme.example, eve@evil.example']))).toMatchObject({ isRetryable: false });
    expect(server.received).toHaveLength(before);
  });
});

describe('recipients that are refused', () => {
  it('for good are noted, and the rest still get it', async () => {
    const sent = await send(['ann@acme.example', 'no-bob@acme.example', 'cy@acme.example']);
    expect(server.received.at(-1)?.recipients).toEqual(['ann@acme.example', 'cy@acme.example']);
    expect(sent).toEqual({ refused: ['no-bob@acme.example (550 5.1.1 No such user here)'], deferred: [] });
  });

  it('for now are named, to be sent to alone', async () => {
    const sent = await send(['ann@acme.example', 'no-bob@acme.example', 'later-cy@acme.example']);
    expect(sent.deferred.map(({ recipient }) => recipient)).toEqual(['later-cy@acme.example']);
    expect(noteOf(sent)).toMatch(/^Refused for good: no-bob.*; To be sent again: later-cy@acme.example \(451 4\.7\.1 Greylisted/);
  });

  it.each([
    ['all for good', ['no-ann@acme.example', 'no-bob@acme.example'], false],
    ['all for now', ['later-ann@acme.example'], true],
    ['some for now, none accepted', ['later-ann@acme.example', 'no-bob@acme.example'], true],
  ])('%s: retryable %#', async (_, recipients, isRetryable) => {
    const before = server.received.length;
    expect(await failureOf(send(recipients))).toMatchObject({ isRetryable, disables: false });
    expect(server.received).toHaveLength(before);
  });
});

describe('a mail server', () => {
  it.each([
    [421, true],
    [451, true],
    [503, true],
    [552, false],
    [554, false],
  ])('that answers the message with %i: retryable %p', async (code, isRetryable) => {
    await withServer(
      {
        onData: (stream, _session, callback) => {
          stream.resume().on('end', () => {
            callback(refusal(code, 'Not this message'));
          });
        },
      },
      async ({ url, port }) => {
        const failure = await failureOf(send(['ann@acme.example'], { url }));
        expect(failure).toMatchObject({ isRetryable });
        expect(failure.message).toBe(`127.0.0.1:${String(port)} refused the email: ${String(code)} Not this message`);
      },
    );
  });

  it.each([
    [454, true],
    [535, false],
  ])('that refuses our credentials with %i, and quotes them: retryable %p', async (code, isRetryable) => {
    const onAuth: NonNullable<Parameters<typeof serveMail>[0]>['onAuth'] = ({ username, password }, _session, callback) => {
      callback(refusal(code, `5.7.8 Bad credentials ${String(username)} / ${String(password)}`));
    };
    await withServer({ onAuth, authMethods: ['PLAIN'] }, async ({ port }) => {
      const url = `smtp://robot:s3cr%23t@127.0.0.1:${String(port)}`;
      const failure = await failureOf(send(['ann@acme.example'], { url }));
      expect(failure).toMatchObject({ isRetryable });
      expect(failure.message).toBe(`127.0.0.1:${String(port)} refused the credentials in SMTP_URL (${String(code)} 5.7.8)`);
      expect(`${String(failure.stack)}${JSON.stringify(failure)}`).not.toMatch(/s3cr|robot/);
    });
  });

  it('that is down is to be tried again', async () => {
    const failure = await failureOf(send(['ann@acme.example'], { url: `smtp://user:s3cret@127.0.0.1:${String(await closedPort())}` }));
    expect(failure).toMatchObject({ isRetryable: true });
    expect(failure.message).toMatch(/^No email through 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/);
  });

  it('that hangs is given up, and to be tried again', async () => {
    await withServer({ onMailFrom: () => undefined, closeTimeout: 10 }, async ({ url }) => {
      const failure = await failureOf(send(['ann@acme.example'], { url, emailTimeoutMs: 100 }));
      expect(failure).toMatchObject({ isRetryable: true });
      expect(failure.message).toContain('did not take the email within 100 ms');
    });
  });

  it('that speaks another language is no success', async () => {
    const http = await serve((response) => response.end('hello'));
    expect(
      await failureOf(send(['ann@acme.example'], { url: `smtp://127.0.0.1:${String(http.port)}`, emailTimeoutMs: 200 })),
    ).toBeDefined();
    await http.close();
  });

  it('is left at once when the sending is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const onMailFrom = () => {
      controller.abort(reason);
    };
    await withServer({ onMailFrom, closeTimeout: 10 }, async ({ url }) => {
      await expect(send(['ann@acme.example'], { url, aborts: controller.signal })).rejects.toBe(reason);
    });
  });

  it('takes credentials from its address', async () => {
    const seen: unknown[] = [];
    const onAuth: NonNullable<Parameters<typeof serveMail>[0]>['onAuth'] = ({ username, password }, _session, callback) => {
      seen.push([username, password]);
      callback(null, { user: 'robot' });
    };
    await withServer({ onAuth, authMethods: ['PLAIN'] }, async ({ port, received }) => {
      await send(['ann@acme.example'], { url: `smtp://robot:s3cr%23t@127.0.0.1:${String(port)}` });
      expect(seen).toEqual([['robot', 's3cr#t']]);
      expect(received).toHaveLength(1);
    });
  });
});

it('is tried again where there is no mail server: another worker may have one', async () => {
  const failure = await failureOf(notifier().send('email', alert(), targets({ emailRecipients: ['ann@acme.example'] }), signal));
  expect(failure).toMatchObject({ isRetryable: true, message: expect.stringContaining('set SMTP_URL') as string });
});

it.each([
  ['an address that is none', { url: 'mail.s3cret.example', from: FROM }, ['ann@acme.example'], 'SMTP_URL is no smtp://'],
  ['another protocol', { url: 'https://user:s3cret@mail.example', from: FROM }, ['ann@acme.example'], 'SMTP_URL is no smtp://'],
  ['no recipients', { url: 'smtp://127.0.0.1', from: FROM }, [], 'no email recipients'],
])('%s is misconfigured', async (_, smtp, emailRecipients, message) => {
  const failure = await failureOf(notifier({ smtp }).send('email', alert(), targets({ emailRecipients }), signal));
  expect(failure).toMatchObject({ isRetryable: false, disables: false });
  expect(failure.message).toContain(message);
  expect(failure.message).not.toContain('s3cret');
});
