import { randomUUID } from 'node:crypto';
import { estimateCostUsd } from '../../src/agents/estimate-cost';
import { priceUsd } from '../../src/agents/cost';
import type { NewKey } from '../../src/domain/api-key';
import { createApi, serveApi, type Api, type ApiDeps, type LogEntry } from '../../src/http';
import type { BudgetStore } from '../../src/store/budget-store';
import { issueKey } from '../../src/store/keys';
import { createMemoryStore } from '../../src/store/memory/memory-store';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Ask = (method: string, path: string, options?: AskOptions) => Promise<Answer>;

/** An API on loopback, over a store and, unless it is in memory, a worker. */
export interface TestApi {
  readonly url: string;
  readonly api: Api;
  readonly store: BudgetStore;
  readonly logged: LogEntry[];
  readonly ask: Ask;
  /** A key of an organization (null: the operator's). */
  readonly key: (organizationId: string | null, more?: Partial<NewKey>) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Far more than any test asks, so that no test is refused by chance. */
const UNLIMITED = { perSecond: 1e6, burst: 1e6 };

export const OPTIONS = { rateLimit: UNLIMITED, anonymousRateLimit: UNLIMITED };

export async function serve(deps: Partial<ApiDeps> = {}): Promise<TestApi> {
  const store = deps.store ?? createMemoryStore();
  const logged: LogEntry[] = [];
  const api = createApi({
    store,
    invocations: unreachable('invocations') as ApiDeps['invocations'],
    alerts: unreachable('alerts') as ApiDeps['alerts'],
    checks: {},
    estimateUsd: estimateCostUsd,
    priceUsd,
    webUiLink: () => null,
    now: Date.now,
    log: (entry) => logged.push(entry),
    options: OPTIONS,
    ...deps,
  });
  const served = await serveApi(api, { host: '127.0.0.1', port: 0 });
  return {
    url: served.url,
    api,
    store,
    logged,
    ask: (method, path, options) => ask(served.url, method, path, options),
    key: async (organizationId, more = {}) =>
      (await issueKey(store, { organizationId, role: 'admin', name: 'test', ...more }, Date.now())).token,
    stop: () => served.close(),
  };
}

async function ask(url: string, method: string, path: string, { token, body, headers = {} }: AskOptions = {}): Promise<Answer> {
  const answer = await fetch(new URL(path, url), {
    method: method.toUpperCase(),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {}, headers: answer.headers };
}

/** Rejects whatever is asked of it: for tests that must not get so far. */
function unreachable(name: string): object {
  return new Proxy({}, { get: () => () => Promise.reject(new Error(`${name} was asked`)) });
}

export function newOrganization(): string {
  return `org-${randomUUID()}`;
}
