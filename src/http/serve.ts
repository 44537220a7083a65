import { setMaxListeners } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Api } from './context';
import { refuseUnread } from './unread';

export interface ServeOptions {
  readonly host: string;
  /** With 0 the system picks a free one. */
  readonly port: number;
  /** How long a client may take to send its headers, and its whole request. */
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  /** How long a client may take to read an answer, but for what the network keeps for it. */
  readonly answerTimeoutMs?: number;
  readonly maxHeaderBytes?: number;
  readonly maxConnections?: number;
  /** How long answers under way may take once the server closes. */
  readonly closeGraceMs?: number;
}

export interface ServedApi {
  readonly url: string;
  /**
   * Says that it is not ready, and goes on answering for `drainMs` (0 unless told), closing each connection behind its answer, so that a
   * load balancer notices before it meets a closed door. Then takes nothing new, and ends once what is under way is answered, or its
   * grace is over.
   */
  close(drainMs?: number): Promise<void>;
}

/** Listens. Rejects when the port is taken. */
export async function serveApi(api: Api, options: ServeOptions): Promise<ServedApi> {
  const { host, port, closeGraceMs = 10_000, headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options;
  const [draining, closing] = [new AbortController(), new AbortController()];
  // Every request that waits does so until then.
  setMaxListeners(0, closing.signal);
  const server = createAdaptorServer({
    fetch: (request, bindings) => {
      if (draining.signal.aborted) bindings.outgoing.setHeader('connection', 'close');
      return api.fetch(request, Object.assign(bindings, { draining: draining.signal, closing: closing.signal }));
    },
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // How often those two are looked at: a client that is too slow is cut off within so long.
      connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 5_000,
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
      // Said, since everything else leans on it: what proxies may read in two ways is refused, whatever flags Node was started with.
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
  }) as Server;
  server.on('clientError', refuseUnread);
  server.maxConnections = options.maxConnections ?? 1_000;
  // All of those that fit in: from the 2,001st on Node would drop them without a word, and with them what a proxy adds at the end.
  server.maxHeadersCount = 0;
  // Who asks too often is told so, on whichever connection.
  server.maxRequestsPerSocket = 0;
  const { answerTimeoutMs = 30_000 } = options;
  server.on('request', (_request, response: ServerResponse) => {
    // Given to the socket, and not read: it would be kept, with its connection, for ever. One of several asked for in one go has no socket
    // before its turn.
    response.once('prefinish', () => {
      if (response.socket !== null) letGoUnlessRead(response, answerTimeoutMs);
      else
        response.once('socket', () => {
          letGoUnlessRead(response, answerTimeoutMs);
        });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${String(taken)}`;
  let ended: Promise<void> | undefined;
  const drain = async (ms: number) => {
    draining.abort();
    if (ms > 0) await pause(ms);
    closing.abort();
    await closed(server, closeGraceMs);
  };
  const close = (drainMs = 0) => (ended ??= drain(drainMs));
  return { url, close };
}

function letGoUnlessRead(response: ServerResponse, withinMs: number): void {
  const timer = setTimeout(() => response.socket?.destroy(), withinMs);
  response.once('close', () => {
    clearTimeout(timer);
  });
}

async function closed(server: Server, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // A connection that is kept alive after its answer would keep the server.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await ended;
  clearInterval(sweep);
  clearTimeout(timer);
}
