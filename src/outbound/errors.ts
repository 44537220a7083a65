/** The address is private, loopback, link-local or otherwise not on the public internet. Nothing was sent. */
export class ForbiddenTarget extends Error {
  override readonly name = 'ForbiddenTarget';

  constructor(host: string) {
    super(
      `${host} is not a public address. Set AGENT_BUDGET_ALLOW_PRIVATE_TARGETS=1 if agents and alerts may reach private ones (tests, local models)`,
    );
  }
}

/** No request can be sent to such an address: another scheme than http(s), credentials in it, a port that fetch refuses. Nothing was sent. */
export class UnusableTarget extends Error {
  override readonly name = 'UnusableTarget';
}

/** The server redirected. Redirects are never followed: each is a new target, and a secret header would travel along. */
export class RedirectRefused extends Error {
  override readonly name = 'RedirectRefused';

  constructor(host: string, location: string) {
    super(`${host} redirects to ${location}. Redirects are not followed: register the address where it really is`);
  }
}

/** No connection came about: refused, unreachable, no such name, a bad certificate. Nothing was sent. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';

  constructor(host: string, cause: unknown) {
    super(`No connection to ${host} (${codeOf(cause)})`);
  }
}

/** The body went past the limit; reading stopped there and the connection was closed. */
export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge';

  constructor(host: string, limitBytes: number) {
    super(`The response of ${host} has more than ${String(limitBytes)} bytes`);
  }
}

/** A secret that cannot be used: missing, empty, unreadable, or none at all. The message never quotes it. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable';
}

type OutboundError = ForbiddenTarget | UnusableTarget | RedirectRefused | ConnectionFailed | ResponseTooLarge;

/** The error of a request among those above, wherever fetch or a client library has wrapped it. */
export function outboundErrorIn(error: unknown): OutboundError | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 5; link = link.cause, depth += 1) {
    if (link instanceof ForbiddenTarget || link instanceof UnusableTarget || link instanceof RedirectRefused) return link;
    if (link instanceof ConnectionFailed || link instanceof ResponseTooLarge) return link;
  }
  return undefined;
}

/** The deepest error code, such as ECONNREFUSED. Messages of foreign errors are left out: they may quote headers or URLs. */
export function codeOf(error: unknown): string {
  let code = 'unknown cause';
  for (let link = error, depth = 0; typeof link === 'object' && link !== null && depth < 5; depth += 1) {
    if ('code' in link && typeof link.code === 'string') code = link.code;
    link = 'cause' in link ? link.cause : undefined;
  }
  return code;
}
