import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { readKeys, type EncryptionKey } from './encryption-key';
import { PayloadUnreadable } from './errors';

const { Payload: PayloadMessage } = temporal.api.common.v1;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What stands in clear beside an encrypted payload; the names that Temporal's own samples of codecs use, as they do the layout. */
const ENCODING = 'binary/encrypted';
const Metadata = { encoding: 'encoding', keyId: 'encryption-key-id' } as const;

/**
 * Encrypts payloads by AES-256-GCM, each whole, with its own metadata, under a random nonce: by the first key. All keys decrypt, so
 * that a new one goes in front and an old one stays until nothing is kept that it has encrypted. What is not encrypted is read as it
 * is. Throws SetupError for unusable keys; what cannot be decrypted rejects with PayloadUnreadable.
 */
export function encryptionCodec(keys: readonly EncryptionKey[]): PayloadCodec {
  const secrets = readKeys(keys);
  return {
    encode: (payloads) => promised(() => payloads.map((payload) => encrypted(payload, currentOf(secrets)))),
    decode: (payloads) => promised(() => payloads.map((payload) => (isEncrypted(payload) ? decrypted(payload, secrets) : payload))),
  };
}

function encrypted(payload: Payload, [keyId, secret]: readonly [string, Uint8Array]): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce);
  const text = cipher.update(PayloadMessage.encode(payload).finish());
  return {
    metadata: { [Metadata.encoding]: Buffer.from(ENCODING), [Metadata.keyId]: Buffer.from(keyId) },
    data: Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]),
  };
}

// Nothing besides is authenticated: in clear stand the encoding and the id of the key, and another key's id fails as a wrong key.
function decrypted({ metadata, data }: Payload, secrets: ReadonlyMap<string, Uint8Array>): Payload {
  const keyId = textOf(metadata?.[Metadata.keyId]);
  const secret = secrets.get(keyId);
  if (secret === undefined) throw new PayloadUnreadable(`encrypted by a key ${JSON.stringify(keyId)}, which is none of ours`);
  if (!data || data.length < NONCE_BYTES + TAG_BYTES) throw new PayloadUnreadable('cut off');
  const cipher = createDecipheriv(CIPHER, secret, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  cipher.setAuthTag(data.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([cipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    return PayloadMessage.decode(text);
  } catch {
    throw new PayloadUnreadable(`changed since, or encrypted by another key of the id ${JSON.stringify(keyId)}`);
  }
}

function isEncrypted({ metadata }: Payload): boolean {
  return textOf(metadata?.[Metadata.encoding]) === ENCODING;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

/** A throw becomes a rejection, as the SDK expects it of a codec. */
async function promised<Result>(work: () => Result): Promise<Result> {
  return Promise.resolve().then(work);
}

function currentOf(secrets: ReadonlyMap<string, Uint8Array>): readonly [string, Uint8Array] {
  for (const first of secrets) return first;
  throw new Error('readKeys refuses an empty list');
}
