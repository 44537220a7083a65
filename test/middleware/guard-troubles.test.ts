import { setTimeout as pause } from 'node:timers/promises';
import { LedgerClosed } from '../../src/store/ledger-unavailable';
import { eventually } from '../support/eventually';
import { onEveryApp, reporting } from './on-every-app';
import { goAway, outage, slow } from './troubles';

onEveryApp('budgetGuard in trouble', ({ ledger, month, serve, serveOn, post, settled }) => {
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

  test('the key of a client that went away before the handler began may be tried again, and runs once', async () => {
    let asked = 0;
    const server = await serve({ store: slow(ledger().store, () => (asked += 1)) }, reporting(0.4));
    await goAway(`${server.url}/work/${ledger().organizationId}`, false, () => asked > 0, { 'idempotency-key': 'order-1' });
    await eventually(
      () => Promise.resolve(asked),
      (times) => times === 2,
    );
    await server.idle();
    expect([(await post(server, { key: 'order-1' })).status, (await post(server, { key: 'order-1' })).status]).toEqual([200, 409]);
    expect(await settled(server)).toEqual({ spent: 0.4, held: 0, executions: 1 });
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
    expect(await month()).toEqual({ spent: 0, held: 0, executions: 0 });
    // As it was told to.
    expect([(await post(server, { key: 'order-1' })).status, (await post(server, { key: 'order-1' })).status, runs]).toEqual([200, 409, 1]);
    expect(await settled(server)).toEqual({ spent: 1, held: 0, executions: 1 });
  });

  test('a cost that an outage keeps from being charged is charged when it ends (recording failures swallowed)', async () => {
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

  test('a ledger that was closed too early is no outage: a warning says what is not recorded, and nobody waits', async () => {
    const store = { ...ledger().store };
    const server = await serve({ store }, (work) => {
      store.applyBatch = () => Promise.reject(new LedgerClosed());
      return reporting(0.4)(work);
    });
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect((await post(server)).status).toBe(200);
    await server.idle();
    expect(warned).toHaveBeenCalledWith(
      expect.stringContaining('was closed'),
      expect.objectContaining({ code: 'AGENT_BUDGET_NOT_RECORDED' }),
    );
    warned.mockRestore();
  });
});
