import { DomainError, DomainErrorCode, invalidField } from './errors';
import { LAST_INSTANT } from './period';
import { assertId } from './scope';

/** invoke: spend. manage: change budgets and agents as well. admin: make and end keys as well. */
export const KeyRole = { invoke: 'invoke', manage: 'manage', admin: 'admin' } as const;
export type KeyRole = (typeof KeyRole)[keyof typeof KeyRole];

/** Whom a key may act for: null is no bound. */
export interface KeyBounds {
  /** null: the operator's key, which may act for every organization. */
  readonly organizationId: string | null;
  readonly teamId: string | null;
  readonly userId: string | null;
}

/** What may be known of an API key: all but its token, which is kept nowhere. Times are epoch milliseconds. */
export interface ApiKey extends KeyBounds {
  /** Public, and unique among all organizations' keys. */
  readonly keyId: string;
  readonly role: KeyRole;
  /** What people call it. */
  readonly name: string;
  readonly createdAt: number;
  /** The first instant at which it is refused; null: never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  /** The key that took its place. */
  readonly replacedBy: string | null;
}

/** Which key, and whose: nobody reaches another organization's by its id. */
export type KeyReference = Pick<ApiKey, 'organizationId' | 'keyId'>;

/** What is asked for; what is left out is null. */
export type NewKey = Pick<ApiKey, 'organizationId' | 'role' | 'name'> & Partial<Pick<ApiKey, 'teamId' | 'userId' | 'expiresAt'>>;

/** Printed in tables and logs: no control characters, no halves of characters, and something to see. */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u;
const LONGEST_GRACE_MS = 31 * 86_400_000;

/** Throws InvalidRequest for a key that could not be kept, or that would promise what it cannot keep. */
export function newKey(wanted: NewKey, keyId: string, at: number): ApiKey {
  const { organizationId, role, name, teamId = null, userId = null, expiresAt = null } = wanted;
  assertKeyReference({ organizationId, keyId });
  if (teamId !== null) assertId('teamId', teamId);
  if (userId !== null) assertId('userId', userId);
  if (!Object.values(KeyRole).includes(role)) throw invalidField('role', `must be one of ${Object.values(KeyRole).join(', ')}`);
  if (typeof name !== 'string' || !NAME.test(name))
    throw invalidField('name', 'must have 1 to 200 characters, none of them a control character');
  assertKeyInstant(at);
  if (expiresAt !== null) assertWhole('expiresAt', expiresAt, LAST_INSTANT);
  if (expiresAt !== null && expiresAt <= at) throw invalidField('expiresAt', 'must be later than now');
  if (organizationId === null && role !== KeyRole.admin)
    throw invalidField('role', "must be admin: a key of no organization is the operator's");
  // It can make itself a key without them.
  const pin = teamId !== null ? 'teamId' : 'userId';
  if (role === KeyRole.admin && (teamId ?? userId) !== null) throw invalidField(pin, 'must not be set: an admin key cannot be pinned');
  return {
    keyId,
    organizationId,
    role,
    name,
    teamId,
    userId,
    createdAt: at,
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
    replacedBy: null,
  };
}

/** A revoked key is refused whatever the time is: the clock of whoever asks may be behind that of whoever revoked it. */
export function isLive({ revokedAt, expiresAt }: ApiKey, at: number): boolean {
  return revokedAt === null && (expiresAt === null || at < expiresAt);
}

/**
 * A key that takes another's place: of the same organization, role, name and pins, and with the same end, since a new token is no new
 * right. The old one is refused at once, or when its grace (0 to 31 days) is over. Throws ApiKeyEnded for one that is no longer live or
 * was replaced before: of two that rotate it at once, one would hand out a key that nobody asked for.
 */
export function replacement(key: ApiKey, keyId: string, at: number, graceMs: number): { replaced: ApiKey; successor: ApiKey } {
  assertKeyInstant(at);
  assertWhole('graceMs', graceMs, LONGEST_GRACE_MS);
  if (key.replacedBy !== null) {
    throw new DomainError(DomainErrorCode.apiKeyEnded, `API key ${key.keyId} was replaced by ${key.replacedBy}: rotate that one`);
  }
  if (!isLive(key, at)) {
    throw new DomainError(DomainErrorCode.apiKeyEnded, `API key ${key.keyId} was revoked or has expired: make a new one`);
  }
  const successor = { ...key, keyId, createdAt: at, lastUsedAt: null };
  const replaced = { ...key, replacedBy: keyId };
  if (graceMs === 0) return { successor, replaced: { ...replaced, revokedAt: at } };
  return { successor, replaced: { ...replaced, expiresAt: Math.min(at + graceMs, key.expiresAt ?? Infinity) } };
}

/** Throws InvalidRequest for what names no key, and that some stores could not even look up. */
export function assertKeyReference({ organizationId, keyId }: KeyReference): void {
  if (organizationId !== null) assertId('organizationId', organizationId);
  assertId('keyId', keyId);
}

/** Throws InvalidRequest for what is no time at which a key could be made or ended. */
export function assertKeyInstant(at: number): void {
  assertWhole('at', at, LAST_INSTANT);
}

function assertWhole(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw invalidField(name, `must be a whole number from 0 to ${String(most)}, not ${String(value)}`);
}
