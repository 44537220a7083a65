import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { oddityIn } from '../domain/plain-json';
import { incomingOf, type ApiContext, type ApiEnv } from './context';
import { invalidRequest, Problem } from './problem';

const LARGEST_BODY_BYTES = 2_000_000;

const limitStream = bodyLimit({
  maxSize: LARGEST_BODY_BYTES,
  onError: () => {
    // What still comes is read by nobody, and would be taken for the next request.
    throw tooLarge({ connection: 'close' });
  },
});

/** Refuses bodies that are too large, before they are read. */
export const limitBody: MiddlewareHandler = async (c, next) => {
  const length = c.req.header('content-length');
  // A body that does not say its length is counted. One that does must not be touched: once begun, the server cannot read it away.
  if (length === undefined) return limitStream(c, next);
  if (Number(length) > LARGEST_BODY_BYTES) throw tooLarge();
  await next();
};

function tooLarge(headers = {}): Problem {
  const detail = `The body has more than ${String(LARGEST_BODY_BYTES)} bytes. Store the input and send a reference`;
  return new Problem(413, { type: 'too-large', title: 'The body is too large', detail }, headers);
}

/** Refuses a body that is not there, or is of another type: it would be read as `{}`, and change what nobody wanted changed. */
export const jsonOnly: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (!hasBody(c)) throw invalidRequest({ path: '', message: 'A body must be sent, as JSON: {} where it has nothing to say' });
  if (!/^application\/json *(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new Problem(415, { type: 'not-json', title: 'The body is not JSON', detail: 'Send the body as Content-Type: application/json' });
  }
  await next();
};

/** Refuses JSON that could not be kept as it is, wherever in the body it stands. */
export const plainJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const oddity = oddityIn(parsed(await c.req.text()));
  if (oddity !== null) throw invalidRequest(oddity);
  await next();
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidRequest({ path: '', message: 'The body is not well-formed JSON' });
  }
}

/** Refuses a body where none is read: whoever sends one means something by it. */
export const noBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (hasBody(c)) throw invalidRequest({ path: '', message: 'No body may be sent here' });
  await next();
};

function hasBody(c: ApiContext): boolean {
  const length = c.req.header('content-length');
  if (length !== undefined) return Number(length) > 0;
  // Without a server there are no headers that tell of a body.
  return c.req.header('transfer-encoding') !== undefined || (incomingOf(c) === undefined && c.req.raw.body !== null);
}
