import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createApi, serveApi } from '../../src/http';
import { newOrganization, OPTIONS, serve, type TestApi } from './support';

describe('rate limits', () => {
  let now = Date.UTC(2026, 0, 1);
  let served: TestApi;
  beforeAll(async () => {
    const options = { rateLimit: { perSecond: 1, burst: 3 }, anonymousRateLimit: { perSecond: 1, burst: 5 } };
    served = await serve({ now: () => now, options });
  });
  afterAll(() => served.stop());
  beforeEach(() => {
    now += 3_600_000;
  });

  const list = (token?: string) => served.ask('get', '/api/v1/budgets', { token });

  it('are of each key, told in every answer, and end with time', async () => {
    const [one, other] = [await served.key(newOrganization()), await served.key(newOrganization())];
    const answers = [await list(one), await list(one), await list(one), await list(one)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    expect(answers[3]?.headers.get('retry-after')).toBe('1');
    expect(answers[3]?.headers.get('ratelimit-limit')).toBe('3');
    expect(await list(other)).toMatchObject({ status: 200 });
    now += 1_000;
    expect(await list(one)).toMatchObject({ status: 200 });
    expect(await list(one)).toMatchObject({ status: 429 });
  });

  it('keep who guesses keys from asking the store, and nobody out who was let in lately', async () => {
    const known = await served.key(newOrganization());
    const unknown = await serve().then(async (elsewhere) => {
      const token = await elsewhere.key(newOrganization());
      await elsewhere.stop();
      return token;
    });
    await list(known);
    const guesses = [];
    for (let guess = 0; guess < 7; guess += 1) guesses.push((await list(unknown)).status);
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(await list()).toMatchObject({ status: 429 });
    expect(await list(known)).toMatchObject({ status: 200 });
  });
});

test.each([
  ['behind a proxy of ours they are of the address that it adds, whatever a client wrote before it', true, [401, 429, 401]],
  ['without one that header is not believed', false, [401, 429, 429]],
])('limits of addresses: %s', async (_name, isBehindProxy, statuses) => {
  const options = { ...OPTIONS, anonymousRateLimit: { perSecond: 0.001, burst: 1 }, isBehindProxy };
  const served = await serve({ options });
  const from = (forwarded: string) => served.ask('get', '/api/v1/budgets', { headers: { 'x-forwarded-for': forwarded } });
  expect(
    [await from('1.1.1.1, 2.2.2.2'), await from('3.3.3.3, 2.2.2.2'), await from('2.2.2.2, 4.4.4.4')].map(({ status }) => status),
  ).toEqual(statuses);
  await served.stop();
});

describe('a server', () => {
  it('cuts off a client that sends its headers too slowly', async () => {
    const { api, stop } = await serve();
    const served = await serveApi(api, { host: '127.0.0.1', port: 0, headersTimeoutMs: 300, requestTimeoutMs: 600 });
    const socket = await opened(served.url);
    socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('408');
    await served.close();
    await stop();
  });

  it('refuses headers that are too large', async () => {
    const { ask, stop } = await serve();
    expect(await ask('get', '/health/live', { headers: { 'x-long': 'x'.repeat(17_000) } })).toMatchObject({
      status: 431,
      body: { type: 'urn:agent-budget:problem:headers-too-large', status: 431 },
    });
    await stop();
  });

  it('answers what is no HTTP like every other error, and hangs up', async () => {
    const { url, stop } = await serve();
    const socket = await opened(url);
    socket.write('GET / FTP/9\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n[^]*"status":400/);
    await once(socket, 'close');
    await stop();
  });

  it('refuses a body without a length once it is too large', async () => {
    const { url, key, stop } = await serve();
    const token = await key(newOrganization());
    const socket = await opened(url);
    socket.write(
      `POST /api/v1/costs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = 'x'.repeat(100_000);
    for (let sent = 0; sent < 25; sent += 1) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413/);
    socket.destroy();
    await stop();
  });

  it('answers what is under way before it closes, and takes nothing new', async () => {
    let answer = () => {};
    const waiting = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { api, stop } = await serve({ checks: { slow: () => waiting } });
    const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
    const asked = fetch(`${served.url}/health/ready`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = served.close();
    await expect(fetch(`${served.url}/health/live`)).rejects.toThrow('fetch failed');
    answer();
    expect(await asked).toMatchObject({ status: 200 });
    await closed;
    await stop();
  });

  it('says that its port is taken', async () => {
    const { url, api, stop } = await serve();
    await expect(serveApi(api, { host: '127.0.0.1', port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await stop();
  });

  it('leaks nothing unexpected, and logs it under the id that it tells', async () => {
    const { ask, key, logged, stop } = await serve();
    const token = await key(newOrganization());
    const { status, text, body } = await ask('get', '/api/v1/invocations/x', { token });
    expect(status).toBe(500);
    expect(text).not.toContain('was asked');
    expect(logged).toMatchObject([{ level: 'error', error: { message: 'invocations was asked' } }]);
    expect(body['instance']).toBe(`urn:uuid:${logged[0]?.id ?? ''}`);
    await stop();
  });
});

describe('health and metrics', () => {
  it('tell what is up, and why not to the log alone', async () => {
    const checks = { temporal: () => Promise.resolve(), postgresql: () => Promise.reject(new Error('password of db.internal')) };
    const { ask, logged, stop } = await serve({ checks });
    expect(await ask('get', '/health/live')).toMatchObject({ status: 200, body: { status: 'up' } });
    const ready = await ask('get', '/health/ready');
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'down', checks: { temporal: { status: 'up' }, postgresql: { status: 'down' } } },
    });
    expect(ready.text).not.toContain('password');
    expect(logged).toMatchObject([{ message: 'postgresql is down' }]);
    await stop();
  });

  it('ask what the service stands on once a second, however many ask', async () => {
    let asked = 0;
    const temporal = () => {
      asked += 1;
      return Promise.reject(new Error('away'));
    };
    const { ask, logged, stop } = await serve({ checks: { temporal } });
    const all = await Promise.all(Array.from({ length: 50 }, () => ask('get', '/health/ready')));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([503]));
    expect([asked, logged.length]).toEqual([1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await ask('get', '/health/ready');
    expect(asked).toBe(2);
    await stop();
  });

  it('count requests by route, never by path', async () => {
    const moreMetrics = () => Promise.resolve('temporal_request 1\n');
    const { ask, key, stop } = await serve({ options: { ...OPTIONS, moreMetrics } });
    const token = await key(newOrganization());
    for (const id of ['a', 'b']) await ask('get', `/api/v1/budgets/${id}`, { token });
    await ask('get', '/api/v1/budgets/a');
    await ask('get', '/nowhere/at/all');
    const { text, headers } = await ask('get', '/metrics');
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(text).toContain('agent_budget_http_requests_total{method="GET",route="/api/v1/budgets/{budget_id}",status="404"} 2');
    expect(text).toContain('route="other",status="404"} 1');
    expect(text).not.toContain('nowhere');
    expect(text).toContain('temporal_request 1');
    await stop();
  });

  it('an app is nothing but a function until somebody serves it', async () => {
    const { api, stop } = await serve();
    expect(typeof createApi).toBe('function');
    expect(await (await api.request('/health/live')).json()).toEqual({ status: 'up' });
    await stop();
  });
});

async function opened(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
