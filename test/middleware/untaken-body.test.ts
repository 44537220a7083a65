import { Hono } from 'hono';
import { budgetGuard } from '../../src/middleware/hono';
import { onEveryStore } from '../store/support';
import { eventually } from '../support/eventually';

onEveryStore('an answer whose body nobody takes', (ledger) => {
  test.each(['HEAD', 'GET'])('to %s is charged all the same, with what was reported', async (method) => {
    await ledger().limit({ monthly: 30 }, { at: Date.now() });
    const { store, organizationId } = ledger();
    const call = () => ({ organizationId, externalAgentId: 'agent-001' });
    const guard = budgetGuard({ store, call, estimatedCost: 1, ttlMs: 1_000 });
    const app = new Hono();
    app.get('/', guard, (c) => {
      c.get('budget').report(0.4);
      return c.text('done');
    });
    expect((await app.request('/', { method })).status).toBe(200);
    await eventually(
      () => ledger().month(Date.now()),
      ({ held }) => held === 0,
    );
    await guard.idle();
    expect(await ledger().month(Date.now())).toEqual({ spent: 0.4, held: 0, executions: 1 });
  });
});
