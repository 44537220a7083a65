import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import express, { type Request } from 'express';
import { Hono } from 'hono';
import * as onExpress from '../../src/middleware/express';
import * as onHono from '../../src/middleware/hono';
import type { GuardLedger } from '../../src/middleware/options';

/** What a handler of the tests does under a guard: it answers, at once or in parts, or throws. */
export type Handler = (work: onHono.GuardedWork) => Promise<{ status?: number; body: string | AsyncIterable<string> }>;

type Options = GuardLedger & { readonly ttlMs?: number };

export interface Served {
  readonly url: string;
  /** Resolves when what has ended is recorded. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** An app of some framework with one route, `POST /work/{organization}?estimate=`, behind a guard. */
export type Serve = (options: Options, handler: Handler) => Promise<Served>;

export const serveExpress: Serve = async (options, handler) => {
  const app = express();
  const guard = onExpress.budgetGuard({
    ...options,
    call: (request: Request) => callOf(String(request.params['organization'])),
    estimatedCost: (request: Request) => Number(request.query['estimate'] ?? 1),
  });
  app.post('/work/:organization', guard, async (_request, response) => {
    const { status = 200, body } = await handler(onExpress.budgetOf(response));
    response.status(status);
    if (typeof body === 'string') {
      response.send(body);
      return;
    }
    for await (const part of body) response.write(part);
    response.end();
  });
  app.use((_error: unknown, _request: Request, response: express.Response, next: express.NextFunction) => {
    if (response.headersSent) next(_error);
    else response.status(500).send('broken');
  });
  return served(createServer(app), () => guard.idle());
};

export const serveHono: Serve = async (options, handler) => {
  const app = new Hono();
  const guard = onHono.budgetGuard({
    ...options,
    call: (c) => callOf(String(c.req.param('organization'))),
    estimatedCost: (c) => Number(c.req.query('estimate') ?? 1),
  });
  app.onError((_error, c) => c.text('broken', 500));
  app.post('/work/:organization', guard, async (c) => {
    const { status = 200, body } = await handler(c.get('budget'));
    return new Response(typeof body === 'string' ? body : ReadableStream.from(encoded(body)), { status });
  });
  return served(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server, () => guard.idle());
};

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield new TextEncoder().encode(part);
}

function callOf(organizationId: string) {
  return { organizationId, externalAgentId: 'agent-001' };
}

async function served(server: Server, idle: () => Promise<void>): Promise<Served> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    idle,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await idle();
    },
  };
}
