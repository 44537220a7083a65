import type { ServerResponse } from 'node:http';
import { SECRET } from './fixtures';
import { serve, type Received, type Served } from './serve';

export type Route = 'token' | 'settings' | 'start' | 'refresh' | 'message' | 'poll' | 'end';

/** How Direct Line and the bot behind it behave. */
export interface Play {
  /** What the bot does, in milliseconds after it was asked. */
  readonly bot: readonly (readonly [afterMs: number, activity: object])[];
  /** How long a token lives. */
  readonly expiresInSeconds: number;
  /** Answers a route's n-th request (from 1) in another way; false leaves it to the play. */
  readonly instead: (route: Route, response: ServerResponse, n: number, bearer: string) => boolean;
}

/** Answers every request of a route in another way. */
export const answersTo = (route: Route, answer: (response: ServerResponse, n: number, bearer: string) => void): Pick<Play, 'instead'> => ({
  instead: (asked, response, n, bearer) => {
    if (asked === route) answer(response, n, bearer);
    return asked === route;
  },
});

/** Refuses every request of a route, and quotes its credential, as some servers do. */
export const refuses = (route: Route, status: number, headers: Record<string, string> = {}) =>
  answersTo(route, (response, _, bearer) => {
    json(response, status, { error: { code: 'BotError', message: `no to ${bearer}` } }, headers);
  });

export const botSays = (text: string, more: object = {}) => ({ type: 'message', from: { id: 'bot', role: 'bot' }, text, ...more });

/** The conversation's only id: it needs escaping, as real ones may. */
const CONVERSATION = 'conv/1';
const ROUTES: readonly (readonly [Route, RegExp])[] = [
  ['token', /^GET .*\/powervirtualagents\/botsbyschema\/my_bot\/directline\/token\?/],
  ['token', /^GET \/my-own-tokens$/],
  ['settings', /^GET \/env\/powervirtualagents\/regionalchannelsettings\?api-version=2022-03-01-preview$/],
  ['start', /^POST \/v3\/directline\/conversations$/],
  ['refresh', /^POST \/v3\/directline\/tokens\/refresh$/],
  ['message', /^POST \/v3\/directline\/conversations\/conv%2F1\/activities$/],
  ['poll', /^GET \/v3\/directline\/conversations\/conv%2F1\/activities(\?watermark=\d+)?$/],
];
const OPEN_ROUTES: readonly Route[] = ['token', 'settings'];

/** A real HTTP server that plays Direct Line 3.0 for one conversation at a time: tokens that expire, a log of activities, watermarks. */
export async function serveDirectLine() {
  let play: Play;
  let log: object[];
  let counts: Map<Route, number>;
  let validUntil: Map<string, number>;
  let timers: NodeJS.Timeout[] = [];

  function reset(changes: Partial<Play> = {}): void {
    timers.forEach(clearTimeout);
    play = { bot: [[0, botSays('Hello')]], expiresInSeconds: 1800, instead: () => false, ...changes };
    log = [];
    counts = new Map();
    timers = [];
    validUntil = new Map([[SECRET, Infinity]]);
    server.received.length = 0;
  }

  function issue(): object {
    const token = `token-${String(validUntil.size)}-of-the-conversation`;
    validUntil.set(token, performance.now() + play.expiresInSeconds * 1000);
    return { conversationId: CONVERSATION, token, expires_in: play.expiresInSeconds };
  }

  function answer(response: ServerResponse, route: Route, { url, body }: Received): void {
    if (route === 'settings') json(response, 200, { channelUrlsById: { directline: `${server.url}/` } });
    if (route === 'token' || route === 'refresh') json(response, 200, issue());
    if (route === 'start') json(response, 201, issue());
    if (route === 'message' || route === 'end') {
      const id = `${CONVERSATION}|${String(log.push({ ...(JSON.parse(body) as object), id: `${CONVERSATION}|${String(log.length)}` }))}`;
      if (route === 'message') timers = play.bot.map(([afterMs, activity]) => setTimeout(() => log.push(activity), afterMs));
      json(response, 200, { id });
    }
    if (route === 'poll') {
      const watermark = Number(new URL(url ?? '', server.url).searchParams.get('watermark') ?? 0);
      json(response, 200, { activities: log.slice(watermark), watermark: String(log.length) });
    }
  }

  const server: Served = await serve((response, received) => {
    const route = routeOf(received);
    const bearer = received.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const n = (route === undefined ? 0 : (counts.get(route) ?? 0)) + 1;
    if (route !== undefined) counts.set(route, n);
    if (route === undefined) json(response, 404, { error: { code: 'NotFound', message: 'no such route' } });
    else if (play.instead(route, response, n, bearer)) return;
    else if (OPEN_ROUTES.includes(route) || (validUntil.get(bearer) ?? 0) > performance.now()) answer(response, route, received);
    else json(response, 403, { error: { code: 'TokenExpired', message: `Token has expired: ${bearer}` } });
  });
  reset();

  return {
    server,
    reset,
    times: (route: Route) => counts.get(route) ?? 0,
    requestsOf: (route: Route) => server.received.filter((one) => routeOf(one) === route),
  };
}

function routeOf({ method, url, body }: Received): Route | undefined {
  const [route] = ROUTES.find(([, pattern]) => pattern.test(`${String(method)} ${String(url)}`)) ?? [];
  return route === 'message' && body.includes('"endOfConversation"') ? 'end' : route;
}

export function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
