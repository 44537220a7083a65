import type { KeyBounds } from './api-key';
import { DomainError, DomainErrorCode } from './errors';
import type { Scope } from './scope';

/**
 * A call as a key may make it: what the call leaves out is the key's, what they both name must be the same. Throws ScopeForbidden
 * for another organization, team or user than the key's, so that neither leaving one out nor naming another dodges a budget.
 */
export function pinned(call: Scope, key: KeyBounds): Scope {
  if (key.organizationId !== null && key.organizationId !== call.organizationId) {
    throw forbidden('organization', key.organizationId, call.organizationId);
  }
  return { ...call, teamId: bound('team', call.teamId, key.teamId), userId: bound('user', call.userId, key.userId) };
}

function bound(what: string, asked: string | null, pin: string | null): string | null {
  if (pin === null || asked === pin) return asked;
  if (asked === null) return pin;
  throw forbidden(what, pin, asked);
}

function forbidden(what: string, pin: string, asked: string): DomainError {
  return new DomainError(DomainErrorCode.scopeForbidden, `This API key acts for ${what} ${pin} alone, not for ${asked}`);
}
