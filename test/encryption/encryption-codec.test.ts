import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { SetupError } from '../../src/contract/setup-error';
import { encryptionCodec, PayloadUnreadable, type EncryptionKey } from '../../src/encryption';

const keyOf = (keyId: string, byte: number): EncryptionKey => ({ keyId, secret: Buffer.alloc(32, byte) });
const [first, second] = [keyOf('2025', 1), keyOf('2026', 2)];
const value = { document: 'the clear input', amount: 1.5 };
const plain = defaultPayloadConverter.toPayload(value);

async function encode(keys: readonly EncryptionKey[], payload: Payload = plain): Promise<Payload> {
  const [encoded] = await encryptionCodec(keys).encode([payload]);
  return encoded ?? {};
}

async function decode(keys: readonly EncryptionKey[], payload: Payload): Promise<unknown> {
  const [decoded] = await encryptionCodec(keys).decode([payload]);
  return defaultPayloadConverter.fromPayload(decoded ?? {});
}

const textIn = ({ metadata, data }: Payload) =>
  [...Object.entries(metadata ?? {}).flat(), data ?? ''].map((part) => Buffer.from(part).toString('latin1')).join('\n');

test('what is encrypted is read again, and shows neither the value nor how it was written', async () => {
  const encoded = await encode([first]);
  expect(await decode([first], encoded)).toEqual(value);
  expect(textIn(encoded)).not.toMatch(/clear input|json\/plain|document/);
  expect(textIn(encoded)).toMatch(/^encoding\nbinary\/encrypted\nencryption-key-id\n2025\n/);
});

test('the same value is never encrypted to the same bytes', async () => {
  expect((await encode([first])).data).not.toEqual((await encode([first])).data);
});

test('rotation: the first key encrypts, all decrypt, in clear what was in clear', async () => {
  const old = await encode([first]);
  expect(await decode([second, first], old)).toEqual(value);
  const fresh = await encode([second, first]);
  expect(await decode([second], fresh)).toEqual(value);
  expect(await decode([second], plain)).toEqual(value);
});

test.each<readonly [string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['bytes', new Uint8Array([0, 255, 7])],
  ['an empty text', ''],
])('%s is read again as it was', async (_name, odd) => {
  expect(await decode([first], await encode([first], defaultPayloadConverter.toPayload(odd)))).toEqual(odd);
});

const withByte = (at: number) => (payload: Payload) => {
  const data = Uint8Array.from(payload.data ?? []);
  const index = at < 0 ? data.length + at : at;
  data[index] = (data[index] ?? 0) ^ 1;
  return { ...payload, data };
};
const named = (keyId: string) => (payload: Payload) => ({
  ...payload,
  metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from(keyId) },
});
const cutTo = (bytes: number) => (payload: Payload) => ({ ...payload, data: (payload.data ?? new Uint8Array()).subarray(0, bytes) });

test.each<readonly [string, (payload: Payload) => Payload, RegExp]>([
  ['a changed nonce', withByte(0), /changed since/],
  ['a changed text', withByte(20), /changed since/],
  ['a changed tag', withByte(-1), /changed since/],
  ['a text that ends early', cutTo(40), /changed since/],
  ['no more than a tag', cutTo(27), /cut off/],
  ['no data', ({ metadata }) => ({ metadata: metadata ?? {} }), /cut off/],
  ["another key's id", named('2026'), /changed since, or encrypted by another key of the id "2026"/],
  ['the id of no key', named('2024'), /a key "2024", which is none of ours/],
  ['no id', ({ metadata, data }) => ({ metadata: { encoding: metadata?.['encoding'] ?? Buffer.of() }, data: data ?? null }), /a key ""/],
])('%s is told by name, and read as nothing', async (_name, change, reason) => {
  const read = decode([first, second], change(await encode([first])));
  await expect(read).rejects.toThrow(PayloadUnreadable);
  await expect(read).rejects.toThrow(reason);
});

test('a key of the same id that is another', async () => {
  await expect(decode([keyOf('2025', 3)], await encode([first]))).rejects.toThrow(PayloadUnreadable);
});

test.each([
  ['hex', Buffer.alloc(32, 1).toString('hex')],
  ['base64', Buffer.alloc(32, 1).toString('base64')],
  ['base64url, without padding', Buffer.alloc(32, 1).toString('base64url')],
  ['with the end of a line', `${Buffer.alloc(32, 1).toString('base64')}\n`],
])('a key in %s', async (_name, secret) => {
  expect(await decode([{ keyId: '2025', secret }], await encode([first]))).toEqual(value);
});

const SECRET = 'c2VjcmV0IHRoYXQgaXMgdG9vIHNob3J0';
test.each<readonly [string, readonly EncryptionKey[], RegExp]>([
  ['none', [], /no encryption key/],
  ['one that is too short', [{ keyId: 'k', secret: SECRET }], /key k is not 32 bytes/],
  ['one byte too many', [{ keyId: 'k', secret: Buffer.alloc(33) }], /key k is not 32 bytes/],
  ['hex with a letter too many', [{ keyId: 'k', secret: `${'ab'.repeat(32)}c` }], /key k is not 32 bytes/],
  ['32 letters, which are no 32 random bytes', [{ keyId: 'k', secret: 'x'.repeat(32) }], /key k is not 32 bytes/],
  ['a secret in the place of an id', [{ keyId: `${SECRET}==`, secret: Buffer.alloc(32) }], /no usable id/],
  ['two of one id', [first, keyOf('2025', 9)], /Two encryption keys have the id 2025/],
])('keys are refused at once: %s', (_name, keys, reason) => {
  const make = () => encryptionCodec(keys);
  expect(make).toThrow(SetupError);
  expect(make).toThrow(reason);
  expect(make).not.toThrow(SECRET);
});

test('an owner that wipes his bytes does not change the key', async () => {
  const secret = Buffer.alloc(32, 1);
  const codec = encryptionCodec([{ keyId: '2025', secret }]);
  secret.fill(0);
  const [encoded = {}] = await codec.encode([plain]);
  expect(await decode([first], encoded)).toEqual(value);
});
