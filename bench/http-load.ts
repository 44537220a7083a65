import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

/** What a run of lifecycles came to. A lifecycle is a reservation and its commit, one after the other on one connection. */
export interface Load {
  readonly seconds: number;
  readonly lifecycles: number;
  /** Of each request, in ms, in no order. */
  readonly latenciesMs: readonly number[];
  /** Answers that are not 2xx, connections that broke, and time-outs. */
  readonly errors: number;
}

export interface Target {
  readonly url: string;
  readonly token: string;
}

/** Each call is estimated at this, and costs half of it. */
export const ESTIMATED_USD = 0.002;
export const ACTUAL_USD = 0.001;

/** Runs at least so many lifecycles, as many on each connection, to their end: nothing is left under way, so that the ledger can be proven. */
export async function runLifecycles({ url, token }: Target, connections: number, wanted: number): Promise<Load> {
  const lifecycles = Math.ceil(wanted / connections) * connections;
  const latenciesMs: number[] = [];
  const began = performance.now();
  let ended = began;
  const { errors, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections,
        amount: lifecycles * 2,
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        requests: [{ setupRequest: reserve }, { setupRequest: commit }],
      },
      (error: Error | null, result) => {
        if (error === null) resolve(result);
        else reject(error);
      },
    );
    // Its own histogram counts in whole milliseconds, and its own end is up to a second late.
    run.on('response', (_client, _status, _bytes, ms) => {
      latenciesMs.push(ms);
      ended = performance.now();
    });
  });
  return { seconds: (ended - began) / 1_000, lifecycles, latenciesMs, errors: errors + non2xx };
}

/** The connection's own, from a reserve to its commit. */
interface Context {
  key?: string;
}

function reserve(request: autocannon.Request, context: Context): autocannon.Request {
  context.key = randomUUID();
  const body = JSON.stringify({ key: context.key, external_agent_id: 'bot', estimated_cost_usd: ESTIMATED_USD });
  return { ...request, path: '/api/v1/reservations', body };
}

const COMMIT = JSON.stringify({ actual_cost_usd: ACTUAL_USD });

function commit(request: autocannon.Request, { key = '' }: Context): autocannon.Request {
  return { ...request, path: `/api/v1/reservations/${key}/commit`, body: COMMIT };
}
