import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface FieldError {
  /** `scope.team_id`; a header's or query parameter's name. */
  readonly path: string;
  readonly message: string;
}

/** What went wrong, as problem+json (RFC 9457) says it. */
export interface ProblemDetails {
  /** In kebab-case; the end of the problem's `type`. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  readonly [more: string]: unknown;
}

/** Ends a request with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: ContentfulStatusCode,
    readonly details: ProblemDetails,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(details.detail);
  }
}

export const CONTENT_TYPE = 'application/problem+json';

export function answerProblem(c: Context, { status, details: { type, title, ...rest }, headers }: Problem): Response {
  const body = { type: `urn:agent-budget:problem:${type}`, title, status, ...rest };
  return c.body(JSON.stringify(body), status, { ...headers, 'content-type': CONTENT_TYPE });
}

/** A request that is none: each field that is wrong, by its path. */
export function invalidRequest(...errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new Problem(400, { type: 'invalid-request', title: 'The request is not valid', detail, errors });
}

export function notFound(detail: string): Problem {
  return new Problem(404, { type: 'not-found', title: 'Not found', detail });
}

export function forbidden(detail: string): Problem {
  return new Problem(403, { type: 'forbidden', title: 'Not allowed', detail });
}

/** Nothing can be said now, neither yes nor no. */
export function unavailable(detail: string, more: { readonly instance?: string } = {}, retryAfterSeconds = 5): Problem {
  const details = { type: 'unavailable', title: 'The service cannot answer now', detail, ...more };
  return new Problem(503, details, { 'retry-after': String(retryAfterSeconds) });
}

/** It could answer, if less were asked of it. */
export function busy(detail: string): Problem {
  const details = { type: 'busy', title: 'The service is busy', detail: `${detail}, and nothing was done. Try again in a moment` };
  return new Problem(503, details, { 'retry-after': '1' });
}
