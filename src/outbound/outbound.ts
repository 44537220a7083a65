import { Agent, fetch as undiciFetch, type RequestInit as UndiciRequestInit } from 'undici';
import { RedirectRefused, UnusableTarget, outboundErrorIn } from './errors';
import { guardedConnector } from './guarded-connector';
import type { Resolve } from './guarded-lookup';
import { limitBody } from './limit-body';

const LARGEST_BODY_BYTES = 2_000_000;
/** Streamed chat answers wrap every token in some 300 bytes of JSON. */
const LARGEST_EVENT_STREAM_BYTES = 32_000_000;

/** The only way out of this process to an address that somebody else has chosen. */
export interface Outbound {
  /**
   * fetch, guarded: refuses targets that are not public (ForbiddenTarget) or none (UnusableTarget), and redirects (RedirectRefused), limits the body
   * (ResponseTooLarge) and names a connection that never came about (ConnectionFailed). Its time-out is the caller's signal.
   */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** Lets requests reach private and loopback addresses: for tests and local models. */
  readonly allowPrivateTargets: boolean;
  /** Replaces the system's DNS. */
  readonly resolve?: Resolve;
}

/** Creates the guarded HTTP client. Close it when the process ends. */
export function createOutbound({ allowPrivateTargets, resolve }: OutboundOptions): Outbound {
  const dispatcher = new Agent({
    connect: guardedConnector(allowPrivateTargets, resolve),
    // A fresh connection a request: on a kept one that the server is just closing, nobody could tell whether a paid request arrived.
    pipelining: 0,
    // Agents may think for hours: only the caller's signal says when to stop.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function guardedFetch(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    if (url instanceof Request) throw new TypeError('Pass a URL and options, not a Request');
    const { host } = usable(url);
    // The global types and undici's own describe the same objects.
    const options: UndiciRequestInit = { ...(init as unknown as UndiciRequestInit), redirect: 'manual', dispatcher };
    const response = await undiciFetch(url, options).catch((error: unknown) => {
      throw (
        outboundErrorIn(error) ??
        (isBadPort(error) ? new UnusableTarget(`${host} is at a port that is another service's, by fetch's list`) : error)
      );
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new RedirectRefused(host, originOf(response.headers.get('location'), url));
    }
    const isEventStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    return limitBody(response, host, isEventStream ? LARGEST_EVENT_STREAM_BYTES : LARGEST_BODY_BYTES);
  }

  return { fetch: guardedFetch, close: () => dispatcher.destroy() };
}

// Never quoted: such an address may have a password in it, or be anything.
function usable(url: string | URL): URL {
  if (!URL.canParse(String(url))) throw new UnusableTarget('The address is no URL');
  const parsed = new URL(url);
  if (!['http:', 'https:'].includes(parsed.protocol)) throw new UnusableTarget('The address is neither http:// nor https://');
  if (parsed.username + parsed.password !== '') throw new UnusableTarget('The address has credentials in it. Refer to secrets instead');
  return parsed;
}

// fetch says it by nothing else.
function isBadPort(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
}

// Paths and queries may carry signatures, so errors name origins only.
function originOf(location: string | null, base: string | URL): string {
  return location !== null && URL.canParse(location, String(base)) ? new URL(location, base).origin : 'an unreadable address';
}
