import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { IdempotencyConflict, InvocationFailed } from '../client';
import { FailureType } from '../contract/names/failures';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { LedgerClosed, LedgerOverloaded, LedgerUnavailable } from '../store/ledger-unavailable';
import type { LogEntry } from './deps';
import { apiPath } from './field-path';
import { isTemporalAway } from './outage';
import { busy, invalidRequest, notFound, Problem, unavailable, type FieldError } from './problem';

/** The status of everything that the domain refuses; the only place that says it. */
export const STATUS_OF: Readonly<Record<DomainErrorCode, ContentfulStatusCode>> = {
  InvalidAmount: 400,
  InvalidRequest: 400,
  ScopeRequired: 400,
  ScopeForbidden: 403,
  HoldNotFound: 404,
  AttemptNotFound: 404,
  AgentNotFound: 404,
  BudgetNotFound: 404,
  ApiKeyNotFound: 404,
  BudgetChanged: 409,
  KeyConflict: 409,
  HoldCommitted: 409,
  HoldDenied: 409,
  AttemptSuperseded: 409,
  ApiKeyEnded: 409,
};

/** The problem that an error is to whoever asked. What nobody foresaw is logged under an id, and nothing else of it is told. */
export function problemOf(error: unknown, log: (entry: LogEntry) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DomainError) return domainProblem(error.code, error.message, error.field);
  if (error instanceof IdempotencyConflict) return domainProblem(DomainErrorCode.keyConflict, error.message);
  if (error instanceof InvocationFailed) return failureProblem(error);
  if (error instanceof WorkflowNotFoundError) return notFound('There is no such invocation');
  if (error instanceof HTTPException) return requestProblem(error);
  // Not logged one by one, which would be more to do: /metrics counts them.
  if (error instanceof LedgerOverloaded) return busy('The ledger has too much to do now');
  const id = randomUUID();
  if (error instanceof LedgerUnavailable || error instanceof LedgerClosed || isTemporalAway(error)) {
    log({ level: 'warn', message: 'A request could not be answered', id, error });
    const what = isTemporalAway(error) ? 'Temporal server' : 'ledger';
    return unavailable(`The ${what} cannot be reached now. Try again: under the same key, nothing is done twice`);
  }
  log({ level: 'error', message: 'A request failed unexpectedly', id, error });
  const detail = `Something unexpected went wrong here. It is logged as ${id}`;
  return new Problem(500, { type: 'internal', title: 'Internal error', detail, instance: `urn:uuid:${id}` });
}

function domainProblem(code: DomainErrorCode, detail: string, field?: string): Problem {
  if (STATUS_OF[code] === 400) return invalidRequest(fieldError(detail, field));
  return new Problem(STATUS_OF[code], { type: kebab(code), title: TITLES[STATUS_OF[code]] ?? 'Refused', detail });
}

/** The path says which field it is: the message need not, in the domain's words. */
function fieldError(detail: string, field = ''): FieldError {
  const message = field !== '' && detail.startsWith(`${field} `) ? detail.slice(field.length + 1) : detail;
  return { path: apiPath(field), message };
}

const TITLES: Partial<Record<ContentfulStatusCode, string>> = { 403: 'Not allowed', 404: 'Not found', 409: 'Conflict' };

/** How a run failed that its caller waited for. */
function failureProblem({ type, message }: InvocationFailed): Problem {
  const code = Object.values(DomainErrorCode).find((known) => known === type);
  if (code !== undefined) return domainProblem(code, message);
  if (type === FailureType.ledgerUnavailable) return unavailable(message);
  if (type === FailureType.cancelled || type === FailureType.alertTaken) {
    return new Problem(409, { type: kebab(type), title: 'Conflict', detail: message });
  }
  return new Problem(502, { type: 'agent-failed', title: 'The agent failed', detail: message, failure: type });
}

function requestProblem({ status, message }: HTTPException): Problem {
  if (status === 400) return invalidRequest({ path: '', message });
  return new Problem(status, { type: 'http-error', title: 'The request was refused', detail: message });
}

function kebab(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
