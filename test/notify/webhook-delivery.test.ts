import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { closedPort, serve, type Served } from '../agents/serve';
import { alert, failureOf, guarded, notifier, outbound, signal, targets } from './support';

const SECRET = `whsec_${Buffer.from('a key of at least 24 bytes!').toString('base64')}`;
const env = { SECRET, BARE: SECRET.slice('whsec_'.length), UNFIT: 'no base64 at all!' };

let server: Served;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = await serve((response) => {
    answer(response);
  });
});
afterAll(() => Promise.all([server.close(), outbound.close(), guarded.close()]));

function send(more: Parameters<typeof targets>[0] = {}, dependencies: Parameters<typeof notifier>[0] = {}, aborts = signal) {
  const config = targets({ webhookUrl: `${server.url}/hook/in-the-path?sig=in-the-query`, ...more });
  return notifier({ env, ...dependencies }).send('webhook', alert(), config, aborts);
}

describe('a webhook', () => {
  it('is posted as JSON with an id that stays', async () => {
    answer = (response) => response.end();
    expect(await send()).toEqual({ refused: [], deferred: [] });
    await send();
    const [first, second] = server.received.slice(-2);
    expect(first).toMatchObject({ method: 'POST', url: '/hook/in-the-path?sig=in-the-query' });
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'webhook-id': 'alert-1' });
    expect(first?.headers).not.toHaveProperty('webhook-signature');
    expect(second?.headers['webhook-id']).toBe('alert-1');
    expect(second?.body).toBe(first?.body);
  });

  it.each(['env:SECRET', 'env:BARE'])('signed with %s satisfies the verifier of Standard Webhooks', async (webhookSecret) => {
    answer = (response) => response.end();
    await send({ webhookSecret }, { now: Date.now });
    const { body = '', headers = {} } = server.received.at(-1) ?? {};
    const verifier = new Webhook(SECRET);
    expect(verifier.verify(body, headers as Record<string, string>)).toMatchObject({ event: 'budget.warning', id: 'alert-1' });
    expect(() => verifier.verify(`${body} `, headers as Record<string, string>)).toThrow('No matching signature');
  });

  it.each([
    [200, null],
    [202, null],
    [204, null],
    [400, { isRetryable: false, disables: false }],
    [401, { isRetryable: false, disables: false }],
    [404, { isRetryable: false, disables: false }],
    [408, { isRetryable: true }],
    [410, { isRetryable: false, disables: true }],
    [429, { isRetryable: true, retryAfterMs: 120_000 }],
    [500, { isRetryable: true, retryAfterMs: 120_000, disables: false }],
    [503, { isRetryable: true }],
  ])('answered with %i: %j', async (status, expected) => {
    answer = (response) => response.writeHead(status, { 'retry-after': '120' }).end(status === 204 ? undefined : 'in-the-body');
    if (expected === null) {
      await send();
      return;
    }
    const failure = await failureOf(send());
    expect(failure).toMatchObject(expected);
    expect(failure.message).toBe(`${server.url} answered with status ${status}`);
  });

  it.each([
    ['86400', 3_600_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['soon', null],
  ])('Retry-After: %s asks for %p ms', async (value, retryAfterMs) => {
    answer = (response) => response.writeHead(429, { 'retry-after': value }).end();
    expect(await failureOf(send())).toMatchObject({ isRetryable: true, retryAfterMs });
  });

  it('that redirects to a private address is refused for good', async () => {
    const other = await serve((response) => response.end());
    answer = (response) => response.writeHead(302, { location: `${other.url}/secret-path` }).end();
    const failure = await failureOf(send());
    expect(failure).toMatchObject({ isRetryable: false, disables: false });
    expect(failure.message).toContain('Redirects are not followed');
    expect(failure.message).not.toMatch(/in-the|secret-path/);
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('at a private address is refused for good, and nothing is sent', async () => {
    const before = server.received.length;
    const failure = await failureOf(send({}, { outbound: guarded }));
    expect(failure).toMatchObject({ isRetryable: false, disables: false });
    expect(failure.message).toContain('is not a public address');
    expect(server.received).toHaveLength(before);
  });

  it('that hangs times out and is to be retried', async () => {
    answer = () => undefined;
    const failure = await failureOf(send({}, { webhookTimeoutMs: 50 }));
    expect(failure).toMatchObject({ isRetryable: true });
    expect(failure.message).toBe(`${server.url} did not answer within 50 ms`);
  });

  it.each([200, 500])('whose body never ends after %i has answered', async (status) => {
    answer = (response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 1);
      response.writeHead(status).on('close', () => {
        clearInterval(timer);
      });
    };
    const sent = send();
    if (status === 200) await sent;
    else expect(await failureOf(sent)).toMatchObject({ isRetryable: true });
  });

  it('cut off before an answer is to be retried', async () => {
    answer = (response) => response.destroy();
    expect(await failureOf(send())).toMatchObject({ isRetryable: true });
  });

  it('that cannot be reached is to be retried', async () => {
    const failure = await failureOf(send({ webhookUrl: `http://127.0.0.1:${String(await closedPort())}/in-the-path` }));
    expect(failure).toMatchObject({ isRetryable: true });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('that is cancelled throws the reason, before and while it is sent', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    answer = () => {
      controller.abort(reason);
    };
    await expect(send({}, {}, controller.signal)).rejects.toBe(reason);
    const before = server.received.length;
    await expect(send({}, {}, controller.signal)).rejects.toBe(reason);
    expect(server.received).toHaveLength(before);
  });

  it.each([
    ['URL', { webhookUrl: 'env:MISSING' }, 'env:MISSING is not set'],
    ['secret', { webhookSecret: 'env:NONE' }, 'env:NONE is not set'],
    ['secret, but the thing itself,', { webhookSecret: SECRET }, 'must be referred to'],
  ])('without its %s is tried again: another worker may know it', async (_, more, message) => {
    const failure = await failureOf(send(more));
    expect(failure).toMatchObject({ isRetryable: true, disables: false });
    expect(failure.message).toContain(message);
    expect(`${failure.message} ${String(failure.stack)}`).not.toMatch(/whsec_[A-Za-z0-9]/);
  });

  it.each([
    ['no URL', { webhookUrl: null }, 'no webhook URL'],
    ['a text that is no URL', { webhookUrl: 'env:UNFIT' }, 'no http:// or https:// address'],
    ['another protocol', { webhookUrl: 'ftp://in-the-path' }, 'no http:// or https:// address'],
    ['credentials in the URL', { webhookUrl: 'https://in-the-user:in-the-pass@acme.example' }, 'without credentials'],
    ['a secret that is not base64', { webhookSecret: 'env:UNFIT' }, 'no Standard Webhooks secret'],
  ])('with %s is misconfigured, and nothing is sent', async (_, more, message) => {
    const before = server.received.length;
    const failure = await failureOf(send(more));
    expect(failure).toMatchObject({ isRetryable: false, disables: false });
    expect(failure.message).toContain(message);
    expect(`${failure.message} ${String(failure.stack)}`).not.toMatch(/in-the|whsec_[A-Za-z0-9]|no base64/);
    expect(server.received).toHaveLength(before);
  });
});
