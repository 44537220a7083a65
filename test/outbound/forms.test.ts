import { createOutbound, type Outbound } from '../../src/outbound/outbound';
import { ForbiddenTarget, UnusableTarget } from '../../src/outbound/errors';
import { guardedLookup, type Resolve } from '../../src/outbound/guarded-lookup';
import { isPublicAddress } from '../../src/outbound/public-address';
import { serve } from '../agents/serve';

/** Every name is of these addresses, and each look-up is remembered. */
function resolving(...addresses: readonly string[]) {
  const names: string[] = [];
  const resolve: Resolve = (name, callback) => {
    names.push(name);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { names, client: createOutbound({ allowPrivateTargets: false, resolve }) };
}

let guarded: Outbound;
beforeAll(() => {
  guarded = resolving('127.0.0.1').client;
});
afterAll(() => guarded.close());

test.each([
  ['private', '10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 fc00::1 fdff::1 fd00:ec2::254'],
  ['loopback', '127.0.0.1 127.255.255.254 ::1'],
  ['unspecified', '0.0.0.0 0.0.0.1 0.255.255.255 ::'],
  ['link-local, where clouds tell their secrets', '169.254.169.254 169.254.0.1 fe80::1 febf::1 fe80::5efe:7f00:1 fec0::1'],
  ['carrier-grade NAT', '100.64.0.0 100.127.255.255'],
  ['multicast and broadcast', '224.0.0.1 239.255.255.255 255.255.255.255 ff00::1 ff0e::1'],
  [
    'reserved and for documents',
    '192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 240.0.0.1 2001:db8::1 3fff::1 100::1',
  ],
  ['IPv4 mapped', '::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8'],
  ['IPv4 compatible, also as URLs write it', '::127.0.0.1 ::7f00:1 ::a00:1 ::8.8.8.8'],
  ['IPv4 translated', '::ffff:0:127.0.0.1 ::ffff:0:7f00:1'],
  ['NAT64', '64:ff9b::7f00:1 64:ff9b::127.0.0.1 64:ff9b:1::7f00:1'],
  ['6to4', '2002:7f00:1:: 2002:a00:1::1 192.88.99.1'],
  ['Teredo, ORCHID and their like', '2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1'],
  ['never given out', '1::1 200::1 400::1 100:0:0:1::1 4000::1 5f00::1 8000::1 e000::1'],
  ['with a zone', 'fe80::1%eth0 ::1%lo'],
  ['none, or written so that only some read them', '127.0.0.1. localhost 1.2.3.4.5 256.1.1.1 [::1] 127.0.0.1:80 ::g'],
])('%s addresses are not public: %s', (_what, addresses) => {
  expect(addresses.split(' ').filter(isPublicAddress)).toEqual([]);
});

test.each([
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '169.253.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450::1',
  '3000::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each<readonly [string, readonly string[]]>([
  ['decimal', ['2130706433', '0', '3232235521', '2852039166']],
  ['hex', ['0x7f000001', '0x7f.1', '0x7f.0x0.0x0.0x1', '0xA9FEA9FE']],
  ['octal', ['017700000001', '0177.0.0.1', '00000177.1', '0251.0376.0251.0376']],
  ['short', ['127.1', '127.0.1', '10.1']],
  ['with a dot at the end', ['127.0.0.1.', 'localhost.', '0x7f000001.']],
  ['in other digits and dots', ['１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '127．0．0．1']],
  ['percent-encoded', ['%31%32%37.0.0.1', '127%2e0%2e0%2e1', '%6cocalhost']],
  [
    'of IPv6',
    [
      '[::1]',
      '[::]',
      '[::127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:127.0.0.1]',
      '[64:ff9b::a00:1]',
      '[2002:7f00:1::]',
      '[fd00::1]',
      '[fe80::1]',
    ],
  ],
  ['by a name', ['localhost', 'LOCALHOST', 'metadata.google.internal', '127.0.0.1.nip.example', '127.0.0.1%2eexample']],
  [
    'before what only looks like a host',
    ['127.0.0.1#@8.8.8.8', '127.0.0.1?@8.8.8.8', '127.0.0.1\\@8.8.8.8', '127.0.0.1/8.8.8.8', '127.0.0.1:80\\.example'],
  ],
  ['at any port', ['127.0.0.1:5432', 'localhost:8080', '[::1]:65535']],
])('a private host written %s is refused', async (_how, hosts) => {
  for (const host of hosts)
    for (const scheme of ['http://', 'https://', 'HTTP:\\\\', 'http:']) {
      const refused = await guarded.fetch(`${scheme}${host}`).catch((error: unknown) => error);
      expect([scheme, host, refused]).toEqual([scheme, host, expect.any(ForbiddenTarget)]);
    }
});

test.each([
  ...['http://8.8.8.8@127.0.0.1', 'http://user:s3cret@example.com', 'http://:s3cret@example.com', 'https://s3cret@8.8.8.8'],
  ...['file:///etc/passwd?s3cret', 'ftp://example.com/s3cret', 'gopher://127.0.0.1:6379/_s3cret', 'data:text/plain,s3cret', 'about:blank'],
  ...['blob:nodedata:s3cret', 'ws://127.0.0.1', 'unix:/var/run/docker.sock', 'javascript:s3cret', '//127.0.0.1', '/path', 's3cret', ''],
  ...['http://', 'http://[fe80::1%25eth0]', 'http://4294967296', 'http://256.1.1.1', 'http://127.0.0.1%00.example.com', 'http://a b'],
  ...['http://example.com:22', 'https://example.com:6000', 'http://example.com:70000'],
])('%s is no target: nothing is sent, and nothing quoted', async (url) => {
  const { client, names } = resolving('127.0.0.1');
  const refused = client.fetch(url);
  await expect(refused).rejects.toThrow(UnusableTarget);
  await expect(refused).rejects.not.toThrow('s3cret');
  expect(names).toEqual([]);
  await client.close();
});

test('a name is looked up once a connection, which goes to what was checked (DNS rebinding)', async () => {
  const answers = ['8.8.8.8', '127.0.0.1'];
  let asked = 0;
  const resolve: Resolve = (_name, callback) => {
    callback(null, [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }]);
  };
  const lookUp = (all: boolean) =>
    new Promise<unknown>((settle) => {
      guardedLookup(resolve)('rebound.example', { all }, (error, address) => {
        settle(error ?? address);
      });
    });
  expect(await lookUp(true)).toEqual([{ address: '8.8.8.8', family: 4 }]);
  expect(asked).toBe(1);
  expect(await lookUp(false)).toBeInstanceOf(ForbiddenTarget);
  expect(asked).toBe(2);
});

test.each([
  ['8.8.8.8', '10.0.0.1'],
  ['2606:4700::1', '::7f00:1'],
  ['8.8.8.8', '::1'],
  ['127.0.0.1', '8.8.8.8'],
])('a name of %s and %s is refused', async (...addresses) => {
  const { client } = resolving(...addresses);
  await expect(client.fetch('http://both.example')).rejects.toThrow(ForbiddenTarget);
  await client.close();
});

test.each(['http://127.0.0.1:1/', '//127.0.0.1:1/', 'http://[::7f00:1]/', 'file:///etc/passwd', 'http://2130706433/'])(
  'no redirect is followed, to %s neither',
  async (location) => {
    const outside = await serve((response) => response.writeHead(302, { location }).end());
    const open = createOutbound({ allowPrivateTargets: true });
    await expect(open.fetch(outside.url)).rejects.toMatchObject({ name: 'RedirectRefused' });
    expect(outside.received).toHaveLength(1);
    await Promise.all([open.close(), outside.close()]);
  },
);
