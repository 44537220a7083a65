import { setTimeout as pause } from 'node:timers/promises';
import { GovernanceService } from '../../src/governance';
import { onEveryStore } from '../store/support';
import { eventually } from '../support/harness';
import { serveExpress, serveHono, type Handler, type Served } from './servers';
import { goAway, outage, slow } from './troubles';

const reporting =
  (costUsd: number, status = 200): Handler =>
  (work) => {
    work.report(costUsd);
    return Promise.resolve({ status, body: 'done' });
  };
const silent: Handler = () => Promise.resolve({ body: 'done' });

describe.each([
  ['Express', serveExpress],
  ['Hono', serveHono],
])('budgetGuard on %s', (_framework, serveApp) => {
  const open: Served[] = [];
  const serve: typeof serveApp = async (...args) => {
    const server = await serveApp(...args);
    open.push(server);
    return server;
  };
  afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

  onEveryStore('in a ledger', (ledger) => {
    beforeEach(() => ledger().limit({ monthly: 30 }, { at: Date.now() }));
    const month = () => ledger().month(Date.now());
    const serveOn = (handler: Handler, more: { ttlMs?: number } = {}) => serve({ store: ledger().store, ...more }, handler);
    const post = (server: Served, { estimate = 1, key }: { estimate?: number | string; key?: string } = {}) =>
      fetch(`${server.url}/work/${ledger().organizationId}?estimate=${String(estimate)}`, {
        method: 'POST',
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      });
    const settled = async (server: Served) => {
      await eventually(month, ({ held }) => held === 0);
      await server.idle();
      return month();
    };

    test('charges the reported cost once the response has ended', async () => {
      const server = await serveOn(reporting(0.4));
      const response = await post(server);
      expect([response.status, await response.text()]).toEqual([200, 'done']);
      expect(await settled(server)).toEqual({ spent: 0.4, held: 0, executions: 1 });
    });

    test('takes a GovernanceService, which it initializes', async () => {
      const server = await serve({ service: new GovernanceService({ store: ledger().store }) }, reporting(0.4));
      expect((await post(server)).status).toBe(200);
      expect(await settled(server)).toMatchObject({ spent: 0.4 });
    });

    test('denies with 402 and the reason; nothing runs', async () => {
      let runs = 0;
      const server = await serveOn(() => {
        runs += 1;
        return Promise.resolve({ body: 'done' });
      });
      const response = await post(server, { estimate: 31 });
      expect(response.status).toBe(402);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = (await response.json()) as { resets_at: string };
      expect(problem.resets_at).toMatch(/^\d{4}-\d\d-01T00:00:00/);
      expect(problem).toMatchObject({
        status: 402,
        title: 'Budget exceeded',
        detail: 'Monthly budget exceeded. Remaining: $30.00, Requested: $31.00',
        code: 'monthly_cost',
      });
      expect(runs).toBe(0);
      expect(await month()).toEqual({ spent: 0, held: 0, executions: 0 });
    });

    test.each([
      ['no report: the estimate, flagged', silent, { spent: 1, executions: 1 }],
      ['reported twice: the last', (work) => (work.report(0.1), reporting(0.2)(work)), { spent: 0.2, executions: 1 }],
      ['reported, and failed', reporting(0.3, 500), { spent: 0.3, executions: 1 }],
      ['failed without a report: by policy nothing', () => Promise.reject(new Error('broken')), { spent: 0, executions: 1 }],
      ['refused without a report', () => Promise.resolve({ status: 422, body: 'no' }), { spent: 0, executions: 1 }],
      ['more than the estimate', reporting(7), { spent: 7, executions: 1 }],
      ['no amount: the estimate', reporting(NaN), { spent: 1, executions: 1 }],
    ] as [string, Handler, object][])('%s', async (_what, handler, expected) => {
      const server = await serveOn(handler);
      await (await post(server)).text();
      expect(await settled(server)).toEqual({ held: 0, ...expected });
    });

    test('nothingSpent gives hold and execution back, whatever the status', async () => {
      const server = await serveOn((work) => {
        work.nothingSpent();
        return Promise.resolve({ status: 200, body: 'from the cache' });
      });
      await (await post(server)).text();
      expect(await settled(server)).toEqual({ spent: 0, held: 0, executions: 0 });
    });

    test('a cost that becomes known after the end corrects the assumed one, once', async () => {
      const server = await serveOn((work) => {
        setTimeout(() => {
          work.report(0.25);
          work.report(0.5);
        }, 300);
        return Promise.resolve({ body: 'done' });
      });
      await (await post(server)).text();
      expect(await settled(server)).toMatchObject({ spent: 1 });
      await eventually(month, ({ spent }) => spent === 0.25);
      await server.idle();
      expect(await month()).toEqual({ spent: 0.25, held: 0, executions: 1 });
    });

    test('a streamed answer is charged at its end, and its hold kept alive until then', async () => {
      let isDone = false;
      const server = await serveOn(
        (work) =>
          Promise.resolve({
            body: (async function* () {
              for (let part = 1; part <= 6; part += 1) {
                yield `${String(part)} `;
                await pause(300);
              }
              work.report(0.6);
              isDone = true;
            })(),
          }),
        { ttlMs: 1_000 },
      );
      const response = await post(server);
      await pause(1_400);
      expect(isDone).toBe(false);
      await ledger().expire(Date.now());
      expect(await month()).toMatchObject({ held: 1, spent: 0 });
      expect(await response.text()).toBe('1 2 3 4 5 6 ');
      expect(await settled(server)).toEqual({ spent: 0.6, held: 0, executions: 1 });
    });

    test.each([
      ['before the answer', 'work'],
      ['while it streams', 'stream'],
    ])('a client that goes away %s: the work may have been done, so the estimate is charged', async (_when, mode) => {
      let begun = 0;
      const server = await serveOn(async () => {
        begun += 1;
        if (mode === 'work') await pause(600);
        return {
          body: (async function* () {
            yield 'first';
            await pause(mode === 'work' ? 0 : 60_000, undefined, { ref: false });
            yield 'last';
          })(),
        };
      });
      await goAway(`${server.url}/work/${ledger().organizationId}`, mode === 'stream', () => begun > 0);
      expect(await settled(server)).toEqual({ spent: 1, held: 0, executions: 1 });
    });

    test('a client that goes away before the handler began: nothing runs, nothing is charged', async () => {
      let runs = 0;
      let asked = 0;
      const store = slow(ledger().store, () => (asked += 1));
      const server = await serve({ store }, (work) => {
        runs += 1;
        return reporting(1)(work);
      });
      await goAway(`${server.url}/work/${ledger().organizationId}`, false, () => asked > 0);
      await pause(700);
      expect(await settled(server)).toEqual({ spent: 0, held: 0, executions: 0 });
      expect([runs, asked]).toEqual([0, 2]);
    });

    test('of 100 at the same time, 30 run on a budget for 30', async () => {
      const server = await serveOn(async (work) => {
        await pause(50);
        work.report(1);
        return { body: 'done' };
      });
      const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await post(server)).status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(30);
      expect(statuses.filter((status) => status === 402)).toHaveLength(70);
      expect(await settled(server)).toEqual({ spent: 30, held: 0, executions: 30 });
    });

    test('a key runs once: at the same time, later, and with another body', async () => {
      let runs = 0;
      const server = await serveOn(async (work) => {
        runs += 1;
        await pause(300);
        work.report(0.4);
        return { body: 'done' };
      });
      const [first, second] = await Promise.all([post(server, { key: 'order-1' }), post(server, { key: '"order-1"' })]);
      expect([first.status, second.status].sort()).toEqual([200, 409]);
      expect(await settled(server)).toMatchObject({ spent: 0.4 });
      const later = await post(server, { key: 'order-1' });
      expect([later.status, await later.json()]).toEqual([409, expect.objectContaining({ title: 'Key already used' })]);
      expect((await post(server, { key: 'order-1', estimate: 2 })).status).toBe(409);
      expect(runs).toBe(1);
      expect(await month()).toEqual({ spent: 0.4, held: 0, executions: 1 });
    });

    test('an outage is 503 with Retry-After, and nothing runs; what may have been reserved is given back when it ends', async () => {
      let runs = 0;
      const away = outage(ledger().store, { isAnswerLost: true });
      const server = await serve({ store: away.store }, (work) => {
        runs += 1;
        return reporting(1)(work);
      });
      away.begin();
      const response = await post(server, { key: 'order-1' });
      expect([response.status, response.headers.get('retry-after'), runs]).toEqual([503, '5', 0]);
      away.end();
      await server.idle();
      expect(await month()).toMatchObject({ spent: 0, held: 0 });
    });

    test('a cost that an outage keeps from being charged is charged when it ends', async () => {
      const away = outage(ledger().store);
      const server = await serve({ store: away.store }, (work) => {
        away.begin();
        return reporting(0.4)(work);
      });
      expect((await post(server)).status).toBe(200);
      await pause(300);
      expect(await month()).toMatchObject({ spent: 0, held: 1 });
      away.end();
      expect(await settled(server)).toEqual({ spent: 0.4, held: 0, executions: 1 });
    });

    test.each([
      ['a key that is none', { key: 'order 1' }],
      ['an estimate that is none', { estimate: 'much' }],
    ])('refuses %s with 400', async (_what, request) => {
      const response = await post(await serveOn(silent), request);
      expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ title: 'InvalidRequest' })]);
    });
  });
});
