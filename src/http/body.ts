import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem';

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

/** Refuses bodies of other types: they would be read as if nothing had been sent, and a change would be lost with a 200. */
export const jsonOnly: MiddlewareHandler = async (c, next) => {
  const hasBody = c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
  if (hasBody && !/^application\/json *(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new Problem(415, { type: 'not-json', title: 'The body is not JSON', detail: 'Send the body as Content-Type: application/json' });
  }
  await next();
};
