import type { Context } from 'hono';
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

/**
 * The body, which must be JSON. Refused are, in this order: one that is too large, before it is read; one that is not there, or is of
 * another type, which would be read as `{}` and change what nobody wanted changed; and JSON that could not be kept as it is.
 */
export async function jsonOf(c: ApiContext): Promise<unknown> {
  const length = c.req.header('content-length');
  // A body that does not say its length is counted. One that does must not be touched: once begun, the server cannot read it away.
  if (length === undefined) await limitStream(c as Context<ApiEnv, string>, NOTHING);
  else if (Number(length) > LARGEST_BODY_BYTES) throw tooLarge();
  if (!hasBody(c)) throw invalidRequest({ path: '', message: 'A body must be sent, as JSON: {} where it has nothing to say' });
  assertJson(c.req.header('content-type'));
  const json = parsed(await c.req.text());
  const oddity = oddityIn(json);
  if (oddity !== null) throw invalidRequest(oddity);
  return json;
}

const NOTHING = () => Promise.resolve();

function tooLarge(headers = {}): Problem {
  const detail = `The body has more than ${String(LARGEST_BODY_BYTES)} bytes. Store the input and send a reference`;
  return new Problem(413, { type: 'too-large', title: 'The body is too large', detail }, headers);
}

function assertJson(type = ''): void {
  if (/^application\/json *(;|$)/i.test(type)) return;
  throw new Problem(415, { type: 'not-json', title: 'The body is not JSON', detail: 'Send the body as Content-Type: application/json' });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidRequest({ path: '', message: 'The body is not well-formed JSON' });
  }
}

/** Refuses a body where none is read: whoever sends one means something by it. */
export function assertNoBody(c: ApiContext): void {
  if (hasBody(c)) throw invalidRequest({ path: '', message: 'No body may be sent here' });
}

function hasBody(c: ApiContext): boolean {
  const length = c.req.header('content-length');
  if (length !== undefined) return Number(length) > 0;
  // Without a server there are no headers that tell of a body.
  return c.req.header('transfer-encoding') !== undefined || (incomingOf(c) === undefined && c.req.raw.body !== null);
}
