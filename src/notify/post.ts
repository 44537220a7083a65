import { withFirstAbort } from '../contract/with-first-abort';
import { codeOf, ConnectionFailed, outboundErrorIn } from '../outbound/errors';
import type { Outbound } from '../outbound/outbound';
import { retryAfterMs } from '../outbound/retry-after';
import { misconfigured, NotifyFailure } from './notify-failure';

/** How long a receiver may ask us to stay away: after that, another try does no harm. */
const LONGEST_PAUSE_MS = 60 * 60_000;
const LARGEST_EXCERPT_BYTES = 1_000;
/** 4xx that say "later", not "never". */
const REQUEST_TIMEOUT = 408;
const TOO_EARLY = 425;
const TOO_MANY_REQUESTS = 429;
const GONE = 410;

/** The way to a webhook address. */
export interface Exchange {
  readonly outbound: Pick<Outbound, 'fetch'>;
  readonly url: string;
  readonly signal: AbortSignal;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Of an answer, its status and headers, and what was taken of its body. */
interface Answered<Taken> {
  readonly response: Pick<Response, 'ok' | 'status' | 'headers'>;
  readonly taken: Taken;
}

/**
 * Sends JSON and returns the answer, whatever its status; throws NotifyFailure when none came, or the signal's reason. `take` reads of the
 * body what is wanted, in the time of the whole exchange.
 */
export async function post<Taken>(
  { outbound, url, signal, timeoutMs }: Exchange,
  body: string,
  take: (response: Response) => Promise<Taken>,
  headers: Record<string, string> = {},
): Promise<Answered<Taken>> {
  const timeOut = AbortSignal.timeout(timeoutMs);
  try {
    return await withFirstAbort([signal, timeOut], async (within) => {
      const response = await outbound.fetch(url, {
        method: 'POST',
        // Without the charset Teams counts every byte twice.
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'agent-budget', ...headers },
        body,
        signal: within,
      });
      return { response, taken: await take(response) };
    });
  } catch (error) {
    signal.throwIfAborted();
    const { origin } = new URL(url);
    if (timeOut.aborted) throw new NotifyFailure(`${origin} did not answer within ${timeoutMs} ms`, { isRetryable: true });
    const known = outboundErrorIn(error);
    if (known instanceof ConnectionFailed) throw new NotifyFailure(known.message, { isRetryable: true });
    if (known !== undefined) throw misconfigured(known.message);
    throw new NotifyFailure(`The connection to ${origin} broke off before an answer came (${codeOf(error)})`, { isRetryable: true });
  }
}

/** The failure behind a status that is no success: 410 for good, other 4xx final, 408, 425, 429 and 5xx to be retried. */
export function failureOfStatus(
  { url, now }: Exchange,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  reason = '',
): NotifyFailure {
  const isRetryable = status >= 500 || status === REQUEST_TIMEOUT || status === TOO_EARLY || status === TOO_MANY_REQUESTS;
  const message = `${new URL(url).origin} answered with status ${status}${reason === '' ? '' : ` (${reason})`}`;
  return new NotifyFailure(message, {
    isRetryable,
    retryAfterMs: retryAfterMs(headers, now(), LONGEST_PAUSE_MS),
    disables: status === GONE,
  });
}

/** The first bytes of the body; the rest is not read. A body that breaks off is what came of it: the status has said the most. */
export async function excerptOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      if (chunks.reduce((bytes, { byteLength }) => bytes + byteLength, 0) >= LARGEST_EXCERPT_BYTES) break;
    }
  } catch {
    // What came before counts.
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_EXCERPT_BYTES).toString();
}

/** Closes the connection without reading the body. */
export async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => {});
}
