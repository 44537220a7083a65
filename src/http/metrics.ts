import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Counter, Histogram, Registry } from 'prom-client';
import type { LedgerCounters } from '../store/counted-store';
import { ACCESS } from './access';

/** By the route's template, as the router writes it, and never by the path: ids would make a series each. */
const TEMPLATES = new Map(
  Object.keys(ACCESS).map((name) => {
    const template = name.slice(name.indexOf(' ') + 1);
    return [template.replace(/{(.+?)}/g, ':$1'), template];
  }),
);
const METHODS = new Set(['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD']);

/** The only route that decides without a workflow. */
const RESERVE = '/api/v1/reservations';

export interface HttpMetrics {
  readonly measure: MiddlewareHandler;
  /** Of what is decided and charged without a workflow; a worker counts the rest, under the same names. */
  readonly ledger: LedgerCounters;
  /** Of requests, in Prometheus' text format. */
  readonly text: () => Promise<string>;
  /** And of what is decided and charged: the sum of all organizations, from which one of them could tell another's. */
  readonly all: () => Promise<string>;
}

export function createHttpMetrics(): HttpMetrics {
  const registry = new Registry();
  const ledger = new Registry();
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'agent_budget_http_requests_total', help: 'Requests answered', labelNames, registers: [registry] });
  const seconds = new Histogram({
    name: 'agent_budget_http_request_duration_seconds',
    help: 'From the request to the head of its answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  const decisions = new Counter({
    name: 'agent_budget_decisions',
    help: 'Calls that were let in, denied, or not decided',
    labelNames: ['outcome'],
    registers: [ledger],
  });
  const charged = new Histogram({
    name: 'agent_budget_charged_usd',
    help: 'Charges, in USD',
    buckets: [0.001, 0.01, 0.1, 1, 10, 100],
    registers: [ledger],
  });
  return {
    ledger: {
      decided: (outcome) => {
        decisions.inc({ outcome });
      },
      charged: (usd) => {
        charged.observe(usd);
      },
    },
    measure: async (c, next) => {
      const began = performance.now();
      await next();
      const route = TEMPLATES.get(routePath(c, -1)) ?? 'other';
      // Methods are the caller's words: those that no route has are one.
      const method = METHODS.has(c.req.method) ? c.req.method : 'other';
      requests.inc({ method, route, status: String(c.res.status) });
      // Also where the key already could not be looked up.
      if (c.res.status === 503 && method === 'POST' && route === RESERVE) decisions.inc({ outcome: 'unavailable' });
      seconds.observe({ method, route }, (performance.now() - began) / 1_000);
    },
    text: () => registry.metrics(),
    all: async () => `${await registry.metrics()}\n${await ledger.metrics()}`,
  };
}
