import { fromUsd } from '../../src/domain/money';
import { createHttpMetrics } from '../../src/http';
import { issueKey } from '../../src/store/keys';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { budgetOf } from '../support/budgets';
import { newOrganization, serve } from './support';

describe('the metrics of the ledger', () => {
  it('count what is decided and charged without a workflow, each once', async () => {
    const metrics = createHttpMetrics();
    const { ask, key, store, stop } = await serve({ metrics });
    const organizationId = newOrganization();
    const token = await key(organizationId);
    await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(1) }), Date.now());
    const post = (path: string, body: object) => ask('post', `/api/v1/${path}`, { token, body });
    const call = { external_agent_id: 'reader', estimated_cost_usd: 0.5 };
    for (const k of ['a', 'a', 'b', 'c']) await post('reservations', { ...call, key: k });
    for (let twice = 0; twice < 2; twice++) await post('reservations/a/commit', { actual_cost_usd: 0.25 });
    await post('costs', { key: 'd', external_agent_id: 'reader', actual_cost_usd: 2 });
    const lines = (await metrics.all()).split('\n').filter((line) => /^agent_budget_(decisions|charged_usd_[sc])/.test(line));
    expect(lines).toEqual([
      'agent_budget_decisions{outcome="granted"} 2',
      'agent_budget_decisions{outcome="denied"} 1',
      'agent_budget_charged_usd_sum 2.25',
      'agent_budget_charged_usd_count 2',
    ]);
    // The sum of all organizations would tell one what another spends.
    const shown = (await ask('get', '/metrics')).text;
    expect(shown).toContain('agent_budget_http_requests_total');
    expect(shown).not.toMatch(/decisions|charged/);
    await stop();
  });

  it('count a reserve that an outage leaves undecided, whoever asked', async () => {
    const memory = createMemoryStore();
    const away = () => Promise.reject(new LedgerUnavailable(new Error('gone')));
    const metrics = createHttpMetrics();
    const { ask, stop } = await serve({ store: { ...memory, keyByHash: away }, metrics });
    const { token } = await issueKey(memory, { organizationId: newOrganization(), role: 'admin', name: 'test' }, Date.now());
    expect((await ask('post', '/api/v1/reservations', { token, body: {} })).status).toBe(503);
    await ask('get', '/api/v1/reservations/a', { token });
    expect(await metrics.all()).toContain('agent_budget_decisions{outcome="unavailable"} 1\n');
    await stop();
  });
});
