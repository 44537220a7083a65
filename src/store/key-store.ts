import type { ApiKey, KeyReference } from '../domain/api-key';
import { DomainError, DomainErrorCode } from '../domain/errors';

/** A key with what it is known by. Apart, so that who shows a key cannot show its hash. */
export interface StoredKey {
  readonly key: ApiKey;
  readonly hash: string;
}

/** What a new token brings along. */
export interface FreshToken {
  readonly keyId: string;
  readonly hash: string;
}

/** Where a list goes on: after the last key of the page before. */
export type KeyCursor = Pick<ApiKey, 'createdAt' | 'keyId'>;

/** API keys. None is ever deleted: who acted by which key stays known. */
export interface KeyStore {
  /** Throws KeyConflict where the id or the hash is taken; the same key again is kept once. */
  putKey(stored: StoredKey): Promise<void>;
  /** Of whichever organization: the token says whose it is. */
  keyByHash(hash: string): Promise<StoredKey | undefined>;
  key(reference: KeyReference): Promise<ApiKey | undefined>;
  /** An organization's keys (null: the operator's), the newest first, after `after`, at most `most`. */
  keys(organizationId: string | null, after: KeyCursor | null, most: number): Promise<readonly ApiKey[]>;
  /**
   * Puts a new key of that id and hash in another's place, in one transaction (see `replacement`). Undefined where there is no such
   * key. Throws ApiKeyEnded for one that cannot be replaced.
   */
  replaceKey(replaced: KeyReference, fresh: FreshToken, at: number, graceMs: number): Promise<ApiKey | undefined>;
  /** Refuses the key from now on; the first instant stays. Undefined where there is no such key. */
  revokeKey(reference: KeyReference, at: number): Promise<ApiKey | undefined>;
  /** Notes that the key was used, unless that was noted less than TOUCHED_EVERY_MS before. */
  touchKey(keyId: string, at: number): Promise<void>;
}

/** A key in constant use costs one write a minute, not one a request. */
export const TOUCHED_EVERY_MS = 60_000;

export function isTouchDue({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, at: number): boolean {
  return lastUsedAt === null || lastUsedAt <= at - TOUCHED_EVERY_MS;
}

export function keyTaken(keyId: string): DomainError {
  return new DomainError(DomainErrorCode.keyConflict, `The id of API key ${keyId}, or its token, is another key's`);
}
