/** What the domain refuses by name. The code is what callers match; edges map it to HTTP statuses and Temporal failure types. */
export const DomainErrorCode = {
  invalidAmount: 'InvalidAmount',
  invalidRequest: 'InvalidRequest',
  keyConflict: 'KeyConflict',
  holdNotFound: 'HoldNotFound',
  holdCommitted: 'HoldCommitted',
  holdDenied: 'HoldDenied',
  attemptNotFound: 'AttemptNotFound',
  attemptSuperseded: 'AttemptSuperseded',
  agentNotFound: 'AgentNotFound',
  budgetNotFound: 'BudgetNotFound',
  budgetChanged: 'BudgetChanged',
  scopeRequired: 'ScopeRequired',
  scopeForbidden: 'ScopeForbidden',
  apiKeyNotFound: 'ApiKeyNotFound',
  apiKeyEnded: 'ApiKeyEnded',
} as const;
export type DomainErrorCode = (typeof DomainErrorCode)[keyof typeof DomainErrorCode];

/** A request that can never succeed as it stands: nothing was changed, and the same again is pointless. */
export class DomainError extends Error {
  constructor(
    readonly code: DomainErrorCode,
    message: string,
    /** Which field of the request is wrong, as a path in camelCase: `alerts.cooldownMinutes`. Undefined where no single one is. */
    readonly field?: string,
  ) {
    super(message);
    this.name = code;
  }
}

/** Refuses a field by its name: `invalidField('name', 'must be there')`. */
export function invalidField(field: string, what: string): DomainError {
  return new DomainError(DomainErrorCode.invalidRequest, `${field} ${what}`, field);
}

export class InvalidAmount extends DomainError {
  constructor(message: string, field?: string) {
    super(DomainErrorCode.invalidAmount, message, field);
  }
}
