import { Agent, fetch } from 'undici';
import type { Organization } from './plan';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly location: string | null;
}

type Request = (method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** The HTTP APIs of the run, asked in turns; on behalf of `alone`, always the same. */
export interface Apis {
  /** Rejects when none answers. */
  readonly as: Readonly<Record<Organization, Request>>;
  close(): Promise<void>;
}

export function reachApis(urls: readonly string[], tokens: Readonly<Record<Organization, string>>): Apis {
  const dispatcher = new Agent({ headersTimeout: 30_000, bodyTimeout: 30_000, connectTimeout: 2_000 });
  let requests = 0;
  const requestAs =
    (token: string, isAlone = false): Request =>
    async (method, path, body, headers = {}) => {
      requests += 1;
      const url = urls[isAlone ? 0 : requests % urls.length] ?? '';
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
    };
  const { main, small, alone } = tokens;
  return { as: { main: requestAs(main), small: requestAs(small), alone: requestAs(alone, true) }, close: () => dispatcher.close() };
}
