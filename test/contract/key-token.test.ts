import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { hashOfToken, newToken, tokenOf } from '../../src/contract/key-token';

const idBytes = fc.uint8Array({ minLength: 11, maxLength: 11 });
const secretBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** What a secret scanner would look for. */
const SCANNED = /\bab_[0-9A-Za-z]{15}_[0-9A-Za-z]{49}\b/;

const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const valueOf = (text: string) => Array.from(text).reduce((value, digit) => value * 62n + BigInt(DIGITS.indexOf(digit)), 0n);

test('a token carries its id and all 256 bits of its secret, and is known by the SHA-256 of the whole', () => {
  fc.assert(
    fc.property(idBytes, secretBytes, (id, secret) => {
      const { keyId, token, hash } = tokenOf(id, secret);
      expect(token).toMatch(new RegExp(`^ab_${keyId}_`));
      expect(valueOf(keyId)).toBe(big(id));
      expect(valueOf(token.slice(-49, -6))).toBe(big(secret));
      expect(hashOfToken(token)).toBe(hash);
      expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
    }),
  );
});

test('the largest and the smallest bytes fit', () => {
  for (const byte of [0, 255]) {
    const { token, hash } = tokenOf(new Uint8Array(11).fill(byte), new Uint8Array(32).fill(byte));
    expect(token).toHaveLength(68);
    expect(hashOfToken(token)).toBe(hash);
  }
});

test('a scanner finds it in a line, and a double click takes all of it', () => {
  const { token } = newToken();
  expect(SCANNED.exec(`Authorization: Bearer ${token}, and more`)?.[0]).toBe(token);
  expect(/\w+/.exec(token)?.[0]).toBe(token);
});

test('one wrong character makes it none: a typo is found without asking a store', () => {
  const other = fc.constantFrom(...Array.from(DIGITS), '_', '-', ' ', 'é');
  fc.assert(
    fc.property(idBytes, secretBytes, fc.nat({ max: 67 }), other, (id, secret, place, digit) => {
      const { token } = tokenOf(id, secret);
      fc.pre(token[place] !== digit);
      expect(hashOfToken(`${token.slice(0, place)}${digit}${token.slice(place + 1)}`)).toBeNull();
    }),
  );
});

test.each([
  ['', 'nothing'],
  ['Bearer', 'a word'],
  [`${newToken().token}\n`, 'a line'],
  [` ${newToken().token}`, 'a blank before'],
  [newToken().token.toLowerCase(), 'the wrong case'],
  [newToken().token.slice(3), 'no prefix'],
  [`${newToken().token}0`, 'a digit too many'],
  ['ab_'.padEnd(1_000_000, '0'), 'a megabyte'],
])('%# no token', (text) => {
  expect(hashOfToken(text)).toBeNull();
});

test('whatever text comes, the answer is null, never an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(hashOfToken(text)).toBeNull();
    }),
  );
});

test('no two are alike', () => {
  const made = Array.from({ length: 1_000 }, () => newToken());
  expect(new Set(made.map(({ token }) => token)).size).toBe(1_000);
  expect(new Set(made.map(({ keyId }) => keyId)).size).toBe(1_000);
});
