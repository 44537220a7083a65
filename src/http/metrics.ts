import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Counter, Histogram, Registry } from 'prom-client';
import { ACCESS } from './access';

/** By the route's template, never by the path: ids would make a series each. */
const TEMPLATES = new Set(Object.keys(ACCESS).map((name) => name.slice(name.indexOf(' ') + 1)));

export interface HttpMetrics {
  readonly measure: MiddlewareHandler;
  /** In Prometheus' text format. */
  text(): Promise<string>;
}

export function createHttpMetrics(): HttpMetrics {
  const registry = new Registry();
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'agent_budget_http_requests_total', help: 'Requests answered', labelNames, registers: [registry] });
  const seconds = new Histogram({
    name: 'agent_budget_http_request_duration_seconds',
    help: 'From the request to the head of its answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return {
    measure: async (c, next) => {
      const began = performance.now();
      await next();
      const template = routePath(c, -1).replace(/:([a-z_]+)/g, '{$1}');
      const route = TEMPLATES.has(template) ? template : 'other';
      // Methods are the caller's words: those that no route has are one.
      const method = /^(GET|PUT|POST|PATCH|DELETE|HEAD)$/.test(c.req.method) ? c.req.method : 'other';
      requests.inc({ method, route, status: String(c.res.status) });
      seconds.observe({ method, route }, (performance.now() - began) / 1_000);
    },
    text: () => registry.metrics(),
  };
}
