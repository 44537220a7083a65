import { eventually } from '../support/eventually';
import { serveApi, type ServedApi } from '../../src/http';
import { open, statusesIn } from './raw';
import { newOrganization, serve, type TestApi } from './support';

/** For clients that are slow; all others are asked under the limits that there are, which a busy machine keeps. */
const LIMITS = { headersTimeoutMs: 300, requestTimeoutMs: 600, keepAliveTimeoutMs: 300, answerTimeoutMs: 300 };
/** The longest limit, how often it is looked at, and a busy machine. */
const SOON_MS = 10_000;

let api: TestApi;
let served: ServedApi;
let hurried: ServedApi;
let token: string;
beforeAll(async () => {
  api = await serve();
  served = await serveApi(api.api, { host: '127.0.0.1', port: 0 });
  hurried = await serveApi(api.api, { host: '127.0.0.1', port: 0, ...LIMITS });
  token = await api.key(newOrganization());
});
afterAll(async () => {
  await Promise.all([served.close(), hurried.close()]);
  await api.stop();
});
afterEach(() => {
  // Neither is a fault of ours.
  expect(api.logged).toEqual([]);
});

const post = (more = '') =>
  `POST /api/v1/budget-checks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}`;
const get = (more = '') => `GET /api/v1/budgets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
/** What a proxy that reads the first one otherwise would let pass as a part of it. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** All that is answered until the server hangs up, in bounded time. */
async function answeredTo(text: string, by = served): Promise<string> {
  const { socket, closed } = await open(by.url);
  socket.write(text, 'latin1');
  const late = new Promise<string>((_resolve, reject) => {
    setTimeout(reject, SOON_MS, new Error('It is open still')).unref();
  });
  return Promise.race([closed, late]).finally(() => socket.destroy());
}

test.each<readonly [string, () => string, number]>([
  ['a length and chunks', () => `${post('Content-Length: 6\r\n')}${CHUNKED}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['chunks and a length', () => `${post(CHUNKED)}Content-Length: 6\r\n\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['two lengths', () => `${post('Content-Length: 2\r\nContent-Length: 40\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['the same length twice', () => `${post('Content-Length: 2\r\nContent-Length: 2\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['a list of lengths', () => `${post('Content-Length: 2, 2\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['a length with a sign', () => `${post('Content-Length: +2\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['a length below 0', () => `${post('Content-Length: -1\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['a length in hex', () => `${post('Content-Length: 0x2\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['a length that overflows', () => `${post('Content-Length: 18446744073709551618\r\n')}\r\n{}${SMUGGLED}`, 400],
  ['chunked, and then not', () => `${post('Transfer-Encoding: chunked, identity\r\n')}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['chunked twice, the second otherwise', () => `${post(CHUNKED)}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['an encoding that only sounds so', () => `${post('Transfer-Encoding: xchunked\r\n')}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['a space before the colon', () => `${post('Transfer-Encoding : chunked\r\n')}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['an odd space after it', () => `${post('Transfer-Encoding:\u000bchunked\r\n')}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['a folded header', () => `${post('Transfer-Encoding:\r\n chunked\r\n')}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['bare line feeds', () => post().replaceAll('\r', '') + '\n', 400],
  ['one bare line feed', () => get('X-A: b\nTransfer-Encoding: chunked\r\n'), 400],
  ['a bare carriage return', () => get('X-A: b\rTransfer-Encoding: chunked\r\n'), 400],
  ['a NUL', () => get('X-A: b\0c\r\n'), 400],
  ['no host', () => 'GET /health/live HTTP/1.1\r\n\r\n', 400],
  ['a chunk of no size', () => `${post(CHUNKED)}\r\nzz\r\n{}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['a chunk whose size overflows', () => `${post(CHUNKED)}\r\n10000000000000002\r\n{}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['a chunk that ends by line feeds', () => `${post(CHUNKED)}\r\n2\n{}\n0\n\n${SMUGGLED}`, 400],
  ['a chunk that is longer than its size', () => `${post(CHUNKED)}\r\n1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`, 400],
  ['extensions of a chunk, 20 kB of them', () => `${post(CHUNKED)}\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, 413],
  ['a header of 20 kB', () => get(`X-A: ${'x'.repeat(20_000)}\r\n`), 431],
  ['4,000 headers', () => get('a:bcdef\r\n'.repeat(4_000)), 431],
  ['a path of 20 kB', () => `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ['trailers of 20 kB', () => `${post(CHUNKED)}\r\n0\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s: refused once, and the connection closed', async (_name, text, status) => {
  const said = await answeredTo(text());
  expect(statusesIn(said)).toEqual([status]);
  expect(said).toContain('Connection: close');
});

test.each<readonly [string, () => string]>([
  ['nothing at all', () => ''],
  ['half of its headers', () => 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-A:'],
  ['a part of its body', () => `${post('Content-Length: 200\r\n')}\r\n{"external_agent_id"`],
  ['a part of its chunks', () => `${post(CHUNKED)}\r\n2\r\n{"\r\n`],
])('a client that sends %s is told 408, and let go', async (_name, text) => {
  expect(statusesIn(await answeredTo(text(), hurried))).toEqual([408]);
});

test('a client that sends a byte now and then is let go like any other', async () => {
  const { socket, closed } = await open(hurried.url);
  socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: ');
  const dripping = setInterval(() => socket.write('b'), 20);
  expect(statusesIn(await closed)).toEqual([408]);
  clearInterval(dripping);
});

test('a client that does not read its answers is let go', async () => {
  const { socket, closed } = await open(hurried.url);
  socket.pause();
  let hasEnded = false;
  void closed.then(() => (hasEnded = true));
  // More than what sockets keep for it.
  socket.write('GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(400));
  // Its own end is seen only by writing: the rest of what it does not read stands before the news.
  const poking = setInterval(() => socket.write(' '), 50);
  await eventually(() => Promise.resolve(hasEnded), Boolean, SOON_MS);
  clearInterval(poking);
});

test('an idle connection is let go after its answer', async () => {
  expect(statusesIn(await answeredTo(get()))).toEqual([200]);
});

test('requests in one go are answered in their order, each by itself', async () => {
  const missing = 'GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n';
  const said = await answeredTo(`${get()}${missing}${post('Content-Length: 2\r\n')}\r\n{}${get()}`);
  expect(statusesIn(said)).toEqual([200, 404, 400, 200]);
});

test('no header is dropped: the last of 3,000 is read like the first', async () => {
  const many = get().replace('Authorization', `${'a:b\r\n'.repeat(3_000)}Authorization`);
  expect(statusesIn(await answeredTo(many))).toEqual([200]);
});

test('connections beyond the most are closed at once, and there is room again when others were', async () => {
  const few = await serveApi(api.api, { host: '127.0.0.1', port: 0, maxConnections: 3 });
  const idle = await Promise.all([1, 2, 3].map(() => open(few.url)));
  const refused = await open(few.url);
  refused.socket.write(get());
  expect(await refused.closed).toBe('');
  for (const { socket } of idle) socket.destroy();
  const isLetIn = () =>
    fetch(`${few.url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(isLetIn, Boolean);
  await few.close();
});
