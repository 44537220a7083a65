import { randomUUID } from 'node:crypto';
import { isDraining, type Api } from '../context';
import type { ApiDeps } from '../deps';
import { route } from '../route';
import { json } from '../schemas/common';
import { liveness, readiness } from '../schemas/health';
import { answered } from '../wait-for';

const TAGS = ['Operation'];
const CHECK_PATIENCE_MS = 3_000;
const SHARED_MS = 1_000;

const live = route('get /health/live', {
  tags: TAGS,
  summary: 'Whether the process answers',
  responses: { 200: json('It does', liveness) },
});

const ready = route('get /health/ready', {
  tags: TAGS,
  summary: 'Whether what the service stands on answers',
  responses: { 200: json('All of it does', readiness), 503: json('Some of it does not, or the service is stopping', readiness) },
});

export function healthRoutes(api: Api, { checks, log }: Pick<ApiDeps, 'checks' | 'log'>): void {
  let askedAt = -Infinity;
  let asked: Promise<[string, { status: 'up' | 'down' }][]> = Promise.resolve([]);

  async function check(name: string, ask: () => Promise<unknown>): Promise<[string, { status: 'up' | 'down' }]> {
    try {
      await answered(ask(), CHECK_PATIENCE_MS);
      return [name, { status: 'up' }];
    } catch (error) {
      // Why is for the log alone: anybody may ask here.
      log({ level: 'warn', message: `${name} is down`, id: randomUUID(), error });
      return [name, { status: 'down' }];
    }
  }

  /** Anybody may ask, and as often as he likes: what is asked of others is asked once a second. */
  function states(): Promise<[string, { status: 'up' | 'down' }][]> {
    const at = performance.now();
    if (at - askedAt >= SHARED_MS) {
      askedAt = at;
      asked = Promise.all(Object.entries(checks).map(([name, ask]) => check(name, ask)));
    }
    return asked;
  }

  api.openapi(live, (c) => c.json({ status: 'up' as const }, 200));

  api.openapi(ready, async (c) => {
    if (isDraining(c)) return c.json({ status: 'stopping' as const, checks: {} }, 503);
    const known = await states();
    const isUp = known.every(([, { status }]) => status === 'up');
    const body = { status: isUp ? ('up' as const) : ('down' as const), checks: Object.fromEntries(known) };
    return isUp ? c.json(body, 200) : c.json(body, 503);
  });
}
