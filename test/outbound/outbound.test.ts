import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { ConnectionFailed, ForbiddenTarget, RedirectRefused, ResponseTooLarge } from '../../src/outbound/errors';
import { isPublicAddress } from '../../src/outbound/public-address';
import { closedPort, serve } from '../agents/serve';
import { gzipSync } from 'node:zlib';

let guarded: Outbound;
let open: Outbound;
beforeAll(() => {
  guarded = createOutbound({ allowPrivateTargets: false });
  open = createOutbound({ allowPrivateTargets: true });
});
afterAll(() => Promise.all([guarded.close(), open.close()]));

describe('addresses', () => {
  it.each([
    '127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 192.0.0.8 192.0.2.1 198.18.0.1',
    '224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 fe80::1',
    'fe80::1%eth0 fec0::1 fc00::1 fd00::1 ff02::1 2001:db8::1 2002:7f00:1:: 2001::1 100::1 no-address',
  ])('%s are refused', (addresses) => {
    expect(addresses.split(' ').filter(isPublicAddress)).toEqual([]);
  });

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111'])('%s is allowed', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('the SSRF guard', () => {
  it.each([
    'http://127.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://127.1',
    'http://[64:ff9b::7f00:1]',
    'http://localhost',
    'https://localhost',
  ])('refuses %s', async (url) => {
    await expect(guarded.fetch(url)).rejects.toThrow(ForbiddenTarget);
  });

  it('never connects to a refused target', async () => {
    const server = await serve((response) => response.end('secret'));
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])
      await expect(guarded.fetch(`http://${host}:${String(server.port)}`)).rejects.toThrow(ForbiddenTarget);
    expect(server.received).toEqual([]);
    await server.close();
  });

  it.each([
    ['one private address among public ones', ['8.8.8.8', '127.0.0.1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['no address at all', []],
  ])('refuses a name with %s', async (_, addresses) => {
    const client = createOutbound({
      allowPrivateTargets: false,
      resolve: (_name, callback) => {
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      },
    });
    await expect(client.fetch('http://agents.example')).rejects.toThrow(ForbiddenTarget);
    await client.close();
  });

  it('resolves a name once, for check and connection alike (DNS rebinding)', async () => {
    let lookups = 0;
    const client = createOutbound({
      allowPrivateTargets: false,
      resolve: (_name, callback) => {
        lookups += 1;
        callback(null, [{ address: lookups === 1 ? '127.0.0.1' : '8.8.8.8', family: 4 }]);
      },
    });
    await expect(client.fetch('http://agents.example')).rejects.toThrow(ForbiddenTarget);
    expect(lookups).toBe(1);
    await client.close();
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('a %s to loopback is not followed', async (status) => {
    const target = await serve((response) => response.end('internal'));
    const server = await serve((response) => response.writeHead(status, { location: `${target.url}/path?sig=s3cret` }).end());
    const refused = open.fetch(server.url, { method: 'POST', body: '{}', headers: { authorization: 'x' } });
    await expect(refused).rejects.toThrow(RedirectRefused);
    await expect(refused).rejects.not.toThrow('s3cret');
    expect(target.received).toEqual([]);
    await Promise.all([server.close(), target.close()]);
  });
});

describe('limits', () => {
  it.each([
    ['2,000,000 bytes pass', Buffer.alloc(2_000_000, 'x'), {}, true],
    ['one byte more does not', Buffer.alloc(2_000_001, 'x'), {}, false],
    ['a zip bomb counts unpacked', gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }, false],
    ['event streams may be longer', Buffer.alloc(3_000_000, 'x'), { 'content-type': 'text/event-stream' }, true],
  ])('%s', async (_, body, headers, passes) => {
    const server = await serve((response) => response.writeHead(200, headers).end(body));
    const text = open.fetch(server.url).then((response) => response.text());
    if (passes) expect(await text).toHaveLength(body.length);
    else await expect(text).rejects.toThrow(ResponseTooLarge);
    await server.close();
  });

  it('an endless body is cut off and its connection closed', async () => {
    let closed: () => void;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const server = await serve((response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(500_000)), 1);
      response.on('close', () => {
        clearInterval(timer);
        closed();
      });
    });
    await expect(open.fetch(server.url).then((response) => response.text())).rejects.toThrow(ResponseTooLarge);
    await isClosed;
    await server.close();
  });

  it('the signal ends a request that is never answered', async () => {
    const server = await serve(() => undefined);
    await expect(open.fetch(server.url, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await server.close();
  });
});

describe('no connection', () => {
  it('a closed port', async () => {
    const failed = open.fetch(`http://127.0.0.1:${String(await closedPort())}`);
    await expect(failed).rejects.toThrow(ConnectionFailed);
    await expect(failed).rejects.toThrow('ECONNREFUSED');
  });

  it('a name that does not exist', async () => {
    await expect(guarded.fetch('http://no-such-host.invalid')).rejects.toThrow(ConnectionFailed);
  });
});
