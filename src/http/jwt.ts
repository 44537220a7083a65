import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type CryptoKey, type JWTVerifyOptions } from 'jose';
import { KeyRole } from '../domain/api-key';
import { assertId } from '../domain/scope';
import type { Principal } from './context';
import type { ApiDeps } from './deps';
import { unavailable } from './problem';

export interface JwksOptions {
  /** Where the issuer publishes its keys. */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  /** Which claims say what. Default: `organization_id`, `role`, `team_id`, `user_id`. */
  readonly claims?: Partial<typeof CLAIMS>;
}

const CLAIMS = { organization: 'organization_id', role: 'role', team: 'team_id', user: 'user_id' };

/** Signatures that need the issuer's private key. Never HMAC: a published key would be its secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** What is wrong with asking for the keys, and not with the token: no answer in time, another status than 200, no key set. */
const KEYS_NOT_HAD: readonly string[] = [errors.JWKSTimeout.code, errors.JOSEError.code, errors.JWKSInvalid.code];

const LOGGED_EVERY_MS = 1_000;

/** Whom a JWT speaks for; null for one that cannot be believed. Throws a 503 when the issuer's keys cannot be had. */
export type JwtVerifier = (token: string) => Promise<Principal | null>;

export function createJwtVerifier(options: JwksOptions, { log, now }: Pick<ApiDeps, 'log' | 'now'>): JwtVerifier {
  const keys = createRemoteJWKSet(new URL(options.url), { timeoutDuration: 3_000 });
  const { issuer, audience } = options;
  const checks = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp'], clockTolerance: 5 };
  let warnedAt = -Infinity;
  const warn = (error: unknown) => {
    // Anybody may ask, as often as there are addresses.
    if (Math.abs(now() - warnedAt) < LOGGED_EVERY_MS) return;
    warnedAt = now();
    log({ level: 'warn', message: 'The keys that tokens are signed with cannot be had', id: randomUUID(), error });
  };
  return async (token) => {
    try {
      return principalOf(await payloadOf(token, keys, checks), { ...CLAIMS, ...options.claims });
    } catch (error) {
      if (error instanceof errors.JOSEError && !KEYS_NOT_HAD.includes(error.code)) return null;
      warn(error);
      throw unavailable('The keys that tokens are signed with cannot be had now');
    }
  };
}

async function payloadOf(token: string, keys: JWTVerifyGetKey, checks: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, checks)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A token that does not name its key may be signed by any of the issuer's.
    for await (const key of error) {
      const payload = await signedBy(key, token, checks);
      if (payload !== null) return payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

async function signedBy(key: CryptoKey, token: string, checks: JWTVerifyOptions): Promise<JWTPayload | null> {
  try {
    return (await jwtVerify(token, key, checks)).payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return null;
    throw error;
  }
}

/** A token that does not say whose it is, or says it oddly, is believed nothing. None is the operator's. */
function principalOf(payload: JWTPayload, claims: typeof CLAIMS): Principal | null {
  const organizationId = idIn(payload[claims.organization]);
  const teamId = idIn(payload[claims.team]);
  const userId = idIn(payload[claims.user]);
  const role = payload[claims.role] === undefined ? KeyRole.invoke : Object.values(KeyRole).find((known) => known === payload[claims.role]);
  if (organizationId === null || organizationId === ODD || teamId === ODD || userId === ODD || role === undefined) return null;
  // As with keys: an admin could make itself one without its pins.
  if (role === KeyRole.admin && (teamId !== null || userId !== null)) return null;
  // Both may have a colon in them: joined by one, two callers could be one.
  return { id: JSON.stringify([organizationId, payload.sub ?? null]), organizationId, teamId, userId, role };
}

const ODD = Symbol('no id');

function idIn(claim: unknown): string | null | typeof ODD {
  if (claim === undefined || claim === null) return null;
  try {
    assertId('claim', claim as string);
    return claim as string;
  } catch {
    return ODD;
  }
}
