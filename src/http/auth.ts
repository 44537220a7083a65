import { hash as digest } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { hashOfToken } from '../contract/key-token';
import { DomainError } from '../domain/errors';
import { assertId } from '../domain/scope';
import { authenticateHash } from '../store/keys';
import { addressOf } from './address';
import { answerHeader, ORGANIZATION_HEADER, type ApiContext, type ApiEnv, type Principal } from './context';
import type { ApiDeps } from './deps';
import { createJwtVerifier } from './jwt';
import { forbidden, invalidRequest, Problem, unavailable } from './problem';
import { createRateLimiter, type Quota } from './rate-limit';

const PER_KEY = { perSecond: 100, burst: 200 };
const PER_ADDRESS = { perSecond: 1, burst: 30 };
const TOO_MANY = 'Too many requests with this key';

/** Who asks, by what and from where. */
interface Asking {
  readonly token: string;
  /** A key's, by which the store knows it; null for a token of an issuer. */
  readonly hash: string | null;
  /** What quotas know it by. */
  readonly credential: string;
  readonly address: () => string;
}

/** Lets nobody pass whose key or token is not good, and nobody too often; then it is known who asks, about whose data. */
export function authentication({ store, now, log, options = {} }: ApiDeps): MiddlewareHandler<ApiEnv> {
  const perKey = createRateLimiter(options.rateLimit ?? PER_KEY, now);
  const guesses = createRateLimiter(options.anonymousRateLimit ?? PER_ADDRESS, now);
  // What cannot be verified, in an outage, costs no less than a wrong key, and is none.
  const unverified = createRateLimiter(options.anonymousRateLimit ?? PER_ADDRESS, now);
  const verifyJwt = options.jwks === undefined ? null : createJwtVerifier(options.jwks, { log, now });

  async function principalOf({ token, hash }: Asking): Promise<Principal | null> {
    if (hash === null) return token.startsWith('ab_') ? null : ((await verifyJwt?.(token)) ?? null);
    const key = await authenticateHash(store, hash, now());
    return key && { id: key.keyId, organizationId: key.organizationId, teamId: key.teamId, userId: key.userId, role: key.role };
  }

  /** Before the store is asked, or a signature verified: both cost more than a refusal. */
  function assertMayAsk(asking: Asking): void {
    const { credential, address } = asking;
    // Who was let in lately is not kept out by others who guess at the same address.
    if (perKey.knows(credential)) {
      const quota = perKey.look(credential);
      if (!quota.isAllowed) throw tooMany(quota, TOO_MANY);
      return;
    }
    const quota = guesses.look(address());
    if (!quota.isAllowed) throw tooMany(quota, 'Too many wrong keys from this address');
    const isOutage = !unverified.look(wayOf(asking)).isAllowed;
    if (isOutage) throw unavailable('Whether keys are valid cannot be found out now. Try again');
  }

  async function verified(asking: Asking): Promise<Principal | null> {
    const { credential } = asking;
    try {
      const principal = await principalOf(asking);
      // It is over, and others behind the same address are not held up by it. What is no key may not have been looked up at all.
      if (principal !== null && !perKey.knows(credential)) unverified.forget(wayOf(asking));
      return principal;
    } catch (error) {
      // Not what was known before: it may have been found revoked meanwhile.
      if (perKey.knows(credential)) perKey.take(credential);
      else unverified.take(wayOf(asking));
      throw error;
    }
  }

  function refuse(address: string): never {
    const quota = guesses.take(address);
    throw quota.isAllowed ? unauthenticated() : tooMany(quota, 'Too many requests without a valid key from this address');
  }

  return async (c, next) => {
    const address = () => addressOf(c, options.isBehindProxy ?? false);
    const token = /^Bearer +([^\s]+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) return refuse(address());
    const hash = hashOfToken(token);
    const credential = hash ?? digest('sha256', token, 'hex');
    const asking = { token, hash, credential, address };
    assertMayAsk(asking);
    const principal = await verified(asking);
    if (principal === null) {
      // Revoked, rotated or expired: from now on it is a guess like any other.
      perKey.forget(credential);
      return refuse(address());
    }
    // All JWTs of one subject are one caller, whose quota is not renewed with his token.
    const ofCredential = perKey.take(credential);
    const quota = hash === null ? perKey.take(principal.id) : ofCredential;
    for (const [name, value] of Object.entries(quotaHeaders(quota))) answerHeader(c, name, value);
    if (!quota.isAllowed) throw tooMany(quota, TOO_MANY);
    c.set('principal', principal);
    c.set('organizationId', organizationFor(principal, c));
    await next();
  };
}

// The issuer may be away, and the store not.
function wayOf({ hash, address }: Asking): string {
  return `${hash === null ? 'issuer' : 'store'} ${address()}`;
}

function organizationFor({ organizationId }: Principal, c: ApiContext): string | null {
  const named = c.req.header(ORGANIZATION_HEADER);
  if (named === undefined) return organizationId;
  if (organizationId === null) return checkedId(named);
  if (named === organizationId) return organizationId;
  throw forbidden(`This key belongs to organization ${organizationId}, and acts for no other`);
}

function checkedId(named: string): string {
  try {
    assertId(ORGANIZATION_HEADER, named);
    return named;
  } catch (error) {
    throw error instanceof DomainError ? invalidRequest({ path: ORGANIZATION_HEADER, message: error.message }) : error;
  }
}

// Without a word about why: which keys exist is nobody's business.
function unauthenticated(): Problem {
  const details = { type: 'unauthenticated', title: 'No valid key', detail: 'Send an API key that is valid as Authorization: Bearer ...' };
  return new Problem(401, details, { 'www-authenticate': 'Bearer realm="agent-budget"' });
}

function tooMany(quota: Quota, detail: string): Problem {
  const headers = { ...quotaHeaders(quota), 'retry-after': String(quota.retryAfterSeconds) };
  return new Problem(429, { type: 'too-many-requests', title: 'Too many requests', detail }, headers);
}

function quotaHeaders({ limit, remaining, resetSeconds }: Quota): Record<string, string> {
  return { 'ratelimit-limit': String(limit), 'ratelimit-remaining': String(remaining), 'ratelimit-reset': String(resetSeconds) };
}
