import { SetupError } from '../contract/setup-error';

/** A key of AES-256. Its id stands beside everything that it encrypts, in clear. */
export interface EncryptionKey {
  readonly keyId: string;
  /** 32 bytes, or these in base64 or hex. */
  readonly secret: string | Uint8Array;
}

const KEY_BYTES = 32;

/** The keys by their ids. Throws SetupError for what is no list of usable keys, and never quotes one. */
export function readKeys(keys: readonly EncryptionKey[]): ReadonlyMap<string, Uint8Array> {
  if (keys.length === 0) throw new SetupError('There is no encryption key. Give at least one: the first encrypts, all decrypt.');
  const secrets = new Map<string, Uint8Array>();
  for (const { keyId, secret } of keys) {
    assertKeyId(keyId);
    if (secrets.has(keyId)) throw new SetupError(`Two encryption keys have the id ${keyId}. Give each an id of its own.`);
    secrets.set(keyId, bytesOf(keyId, secret));
  }
  return secrets;
}

// Not quoted where it is none: it may be a secret that came to stand in the wrong place.
export function assertKeyId(keyId: string): void {
  if (/^[\w.-]{1,64}$/.test(keyId)) return;
  throw new SetupError('An encryption key has no usable id. Use 1 to 64 letters, digits, dots, dashes and underscores.');
}

function bytesOf(keyId: string, secret: string | Uint8Array): Uint8Array {
  // Copied: what its owner wipes or uses again must not change what is encrypted by.
  const bytes = typeof secret === 'string' ? decoded(secret.trim()) : Uint8Array.from(secret);
  if (bytes?.length === KEY_BYTES) return bytes;
  throw new SetupError(
    `The encryption key ${keyId} is not ${String(KEY_BYTES)} bytes in base64 or hex. \`openssl rand -base64 32\` prints such a key.`,
  );
}

function decoded(text: string): Uint8Array | null {
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null;
}
