import { setTimeout as pause } from 'node:timers/promises';
import { GovernanceService } from '../../src/governance';
import type { GuardedWork } from '../../src/middleware/hono';
import { audit } from '../../src/store/audit';
import { eventually } from '../support/eventually';
import { onEveryApp, reporting, silent } from './on-every-app';
import type { Handler } from './servers';
import { goAway } from './troubles';

onEveryApp('budgetGuard', ({ ledger, month, serve, serveOn, post, settled }) => {
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

  test('a cost that becomes known after the end corrects the assumed one, and what it becomes beyond that is added', async () => {
    const server = await serveOn((work) => {
      setTimeout(() => {
        work.report(0.25);
        work.report(0.5);
        work.report(0.4);
      }, 300);
      return Promise.resolve({ body: 'done' });
    });
    await (await post(server)).text();
    expect(await settled(server)).toMatchObject({ spent: 1 });
    await eventually(month, ({ spent }) => spent === 0.5);
    await server.idle();
    expect(await month()).toEqual({ spent: 0.5, held: 0, executions: 1 });
  });

  test.each([
    [
      'reported a part and was left alone',
      (work: GuardedWork) => {
        work.report(0.1);
      },
      200,
    ],
    [
      'said that nothing was spent',
      (work: GuardedWork) => {
        work.nothingSpent();
      },
      200,
    ],
    ['answered 504 without a word of the cost', () => undefined, 504],
  ])('a handler that %s, and reports after the end, is charged all of it', async (_what, before, status) => {
    const server = await serveOn((work) => {
      before(work);
      setTimeout(() => {
        work.report(5);
      }, 300);
      return Promise.resolve({ status, body: 'done' });
    });
    await (await post(server)).text();
    await eventually(month, ({ spent }) => spent === 5);
    expect(await settled(server)).toEqual({ spent: 5, held: 0, executions: 1 });
    expect(await audit(ledger().store, ledger().organizationId)).toEqual([]);
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

  test.each([
    ['a key that is none', { key: 'order 1' }],
    ['an estimate that is none', { estimate: 'much' }],
  ])('refuses %s with 400', async (_what, request) => {
    const response = await post(await serveOn(silent), request);
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ title: 'InvalidRequest' })]);
  });
});
