import { onEveryStore, type Ledger } from '../store/support';
import { eventually } from '../support/eventually';
import { serveExpress, serveHono, type Handler, type Serve, type Served } from './servers';

export const reporting =
  (costUsd: number, status = 200): Handler =>
  (work) => {
    work.report(costUsd);
    return Promise.resolve({ status, body: 'done' });
  };
export const silent: Handler = () => Promise.resolve({ body: 'done' });

/** An app of some framework behind a guard, on some store with a budget of 30 USD a month. */
export interface GuardedApp {
  readonly ledger: () => Ledger;
  readonly month: () => ReturnType<Ledger['month']>;
  readonly serve: Serve;
  readonly serveOn: (handler: Handler, more?: { ttlMs?: number }) => Promise<Served>;
  readonly post: (server: Served, request?: { estimate?: number | string; key?: string }) => Promise<Response>;
  /** The month, once nothing is held and everything is recorded. */
  readonly settled: (server: Served) => ReturnType<Ledger['month']>;
}

/** The same tests on every framework and every store. */
export function onEveryApp(name: string, tests: (app: GuardedApp) => void): void {
  describe.each([
    ['Express', serveExpress],
    ['Hono', serveHono],
  ])(`${name}, on %s`, (_framework, serveApp) => {
    const open: Served[] = [];
    const serve: Serve = async (...args) => {
      const server = await serveApp(...args);
      open.push(server);
      return server;
    };
    afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

    onEveryStore('in a ledger', (ledger) => {
      beforeEach(() => ledger().limit({ monthly: 30 }, { at: Date.now() }));
      const month = () => ledger().month(Date.now());
      const serveOn: GuardedApp['serveOn'] = (handler, more = {}) => serve({ store: ledger().store, ...more }, handler);
      const post: GuardedApp['post'] = (server, { estimate = 1, key } = {}) =>
        fetch(`${server.url}/work/${ledger().organizationId}?estimate=${String(estimate)}`, {
          method: 'POST',
          ...(key !== undefined && { headers: { 'idempotency-key': key } }),
        });
      const settled: GuardedApp['settled'] = async (server) => {
        await eventually(month, ({ held }) => held === 0);
        await server.idle();
        return month();
      };
      tests({ ledger, month, serve, serveOn, post, settled });
    });
  });
}
