import { Agent, fetch } from 'undici';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly location: string | null;
}

/** The HTTP APIs of the run, asked in turns. */
export interface Apis {
  /** Of reservations: their clock is behind Temporal's, by which what is overdue is looked for. */
  readonly ttlSeconds: number;
  /** Rejects when none answers. */
  request(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

export function reachApis(urls: readonly string[], token: string, ttlSeconds: number): Apis {
  const dispatcher = new Agent({ headersTimeout: 30_000, bodyTimeout: 30_000, connectTimeout: 2_000 });
  let requests = 0;
  return {
    ttlSeconds,
    request: async (method, path, body, headers = {}) => {
      requests += 1;
      const url = urls[requests % urls.length] ?? '';
      const response = await fetch(`${url}${path}`, {
        method,
        dispatcher,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
        location: response.headers.get('location'),
      };
    },
    close: () => dispatcher.close(),
  };
}
