import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY_ID = { bytes: 11, digits: 15 };
const SECRET = { bytes: 32, digits: 43 };
const CHECKSUM_DIGITS = 6;
const TOKEN = /^ab_(?<keyId>[0-9A-Za-z]{15})_[0-9A-Za-z]{49}$/;

export interface KeyToken {
  readonly keyId: string;
  readonly token: string;
  readonly hash: string;
}

/**
 * A new token, `ab_<key id>_<secret><checksum>`. The prefix is what secret scanners look for, and the checksum tells them, and us, a
 * token from what only looks like one without asking anybody. No digit of it ends a word, so that a double click takes all of it.
 */
export function newToken(): KeyToken {
  return tokenOf(randomBytes(KEY_ID.bytes), randomBytes(SECRET.bytes));
}

/** The token of 11 random bytes, which name it, and 32 that nobody can guess. */
export function tokenOf(idBytes: Uint8Array, secretBytes: Uint8Array): KeyToken {
  const keyId = base62(bigIntOf(idBytes), KEY_ID.digits);
  const body = `ab_${keyId}_${base62(bigIntOf(secretBytes), SECRET.digits)}`;
  const token = `${body}${checksumOf(body)}`;
  return { keyId, token, hash: sha256(token) };
}

/**
 * By what a store knows a token; null for a text that is none.
 *
 * A fast hash is right here. Slow ones make each guess at a password dear; nobody guesses 256 random bits at any speed, and every
 * request would pay for it. Nor is there a salt: no two tokens are alike, and a salted hash could not be looked up.
 */
export function hashOfToken(text: string): string | null {
  const isToken = TOKEN.test(text) && checksumOf(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS);
  return isToken ? sha256(text) : null;
}

function sha256(token: string): string {
  return hash('sha256', token, 'hex');
}

// On every request: numbers are several times faster than bigints.
function checksumOf(body: string): string {
  let text = '';
  for (let rest = crc32(body); text.length < CHECKSUM_DIGITS; rest = Math.floor(rest / 62)) text = DIGITS.charAt(rest % 62) + text;
  return text;
}

function bigIntOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function base62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}
