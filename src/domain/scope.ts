import { DomainError, DomainErrorCode, invalidField } from './errors';

/** Whom a budget limits, or whom a call is made for. A null field of a budget's scope matches every call. */
export interface Scope {
  readonly organizationId: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly agentId: string | null;
}

/** Which fields of a call must not be left out. */
export interface RequiredScope {
  readonly teamId: boolean;
  readonly userId: boolean;
}

/** Widest first: the order in which budgets answer. */
export const SCOPE_LEVELS = ['organization', 'team', 'user', 'agent'] as const;
export type ScopeLevel = (typeof SCOPE_LEVELS)[number];

// Not `.` and `..`: no URL can have them as a segment.
const ID = /^(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,200}$/;

/** Throws InvalidRequest unless the id has 1 to 200 characters of `A-Z a-z 0-9 . _ : @ -`, and is neither `.` nor `..`. */
export function assertId(what: string, id: string): void {
  // Plain JavaScript may leave one out: to the expression, undefined is a word like any other.
  if (typeof id !== 'string' || !ID.test(id)) {
    throw invalidField(what, 'must have 1 to 200 characters of A-Z a-z 0-9 . _ : @ -, and be neither . nor ..');
  }
}

/** The narrowest field that a scope names. */
export function levelOf(scope: Scope): ScopeLevel {
  if (scope.agentId !== null) return 'agent';
  if (scope.userId !== null) return 'user';
  if (scope.teamId !== null) return 'team';
  return 'organization';
}

/** Whether a budget on `scope` limits a call made for `call`. */
export function applies(scope: Scope, call: Scope): boolean {
  return (
    scope.organizationId === call.organizationId &&
    (scope.teamId === null || scope.teamId === call.teamId) &&
    (scope.userId === null || scope.userId === call.userId) &&
    (scope.agentId === null || scope.agentId === call.agentId)
  );
}

/** Throws ScopeRequired for a call that leaves out what its organization requires. */
export function assertNamed(call: Scope, requires: RequiredScope): void {
  for (const field of ['teamId', 'userId'] as const) {
    if (!requires[field] || call[field] !== null) continue;
    throw new DomainError(
      DomainErrorCode.scopeRequired,
      `Calls of organization ${call.organizationId} must name a ${field === 'teamId' ? 'team' : 'user'}: this one has none`,
      field,
    );
  }
}
