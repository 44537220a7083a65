import { timingSafeEqual } from 'node:crypto';
import { hashOfToken, newToken } from '../contract/key-token';
import { assertKeyInstant, assertKeyReference, isLive, newKey, type ApiKey, type KeyReference, type NewKey } from '../domain/api-key';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { isTouchDue, type KeyStore } from './key-store';

export interface IssuedKey {
  /** Shown this once: it is kept nowhere, and nobody can read it back. */
  readonly token: string;
  readonly key: ApiKey;
}

/** Makes a key. Throws InvalidRequest for one that cannot be. */
export async function issueKey(store: Pick<KeyStore, 'putKey'>, wanted: NewKey, at: number): Promise<IssuedKey> {
  const { keyId, token, hash } = newToken();
  const key = newKey(wanted, keyId, at);
  await store.putKey({ key, hash });
  return { token, key };
}

/**
 * Gives a key a new token under a new id; organization, role, name, pins and end stay, and so does what was spent by it, which is its
 * scope's. The old token is refused at once, or when the grace is over (at most 31 days). Throws ApiKeyNotFound; ApiKeyEnded for one
 * that is no longer live or was replaced before; InvalidRequest.
 */
export async function rotateKey(
  store: Pick<KeyStore, 'replaceKey'>,
  reference: KeyReference,
  at: number,
  graceMs: number,
): Promise<IssuedKey> {
  assertKeyReference(reference);
  const { keyId, token, hash } = newToken();
  const key = await store.replaceKey(reference, { keyId, hash }, at, graceMs);
  return { token, key: found(key, reference) };
}

/** Ends a key at once; ending it again changes nothing. Throws ApiKeyNotFound, InvalidRequest. */
export async function revokeKey(store: Pick<KeyStore, 'revokeKey'>, reference: KeyReference, at: number): Promise<ApiKey> {
  assertKeyReference(reference);
  assertKeyInstant(at);
  return found(await store.revokeKey(reference, at), reference);
}

/**
 * Whose token it is; null for one that is unknown, revoked, expired or none at all, without a word about which. Rejects with
 * LedgerUnavailable when the store cannot tell.
 */
export async function authenticate(store: Pick<KeyStore, 'keyByHash' | 'touchKey'>, token: string, at: number): Promise<ApiKey | null> {
  const hash = hashOfToken(token);
  // Sooner than for an unknown token, and that tells nothing: the form of a token is public. Garbage costs no query.
  return hash === null ? null : authenticateHash(store, hash, at);
}

/** The same for a token whose hash is known already. */
export async function authenticateHash(store: Pick<KeyStore, 'keyByHash' | 'touchKey'>, hash: string, at: number): Promise<ApiKey | null> {
  const kept = await store.keyByHash(hash);
  // Looked up by hash, so that there is no time from which to learn which ids exist, or how much of a guess was right. Compared
  // once more, in constant time: no store's own idea of equality lets anybody in.
  const isSame = timingSafeEqual(Buffer.from(hash), Buffer.from(kept?.hash ?? NO_HASH));
  if (kept === undefined || !isSame || !isLive(kept.key, at)) return null;
  const { key } = kept;
  if (!isTouchDue(key, at)) return key;
  await store.touchKey(key.keyId, at);
  return { ...key, lastUsedAt: at };
}

const NO_HASH = '-'.repeat(64);

function found(key: ApiKey | undefined, { organizationId, keyId }: KeyReference): ApiKey {
  if (key !== undefined) return key;
  const whose = organizationId === null ? 'The operator' : `Organization ${organizationId}`;
  throw new DomainError(DomainErrorCode.apiKeyNotFound, `${whose} has no API key ${keyId}`);
}
