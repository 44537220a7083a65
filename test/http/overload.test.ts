import { createMemoryStore } from '../../src/store/memory/memory-store';
import { LedgerOverloaded } from '../../src/store/ledger-unavailable';
import { newOrganization, serve } from './support';

const body = { key: 'k', external_agent_id: 'bot', estimated_cost_usd: 0.1 };

test('a ledger that has too much to do is a 503 that says so: never allowed, never denied', async () => {
  let isBusy = true;
  const inner = createMemoryStore();
  const applyBatch: typeof inner.applyBatch = (organizationId, operations) =>
    isBusy ? Promise.reject(new LedgerOverloaded('1,000 operations wait')) : inner.applyBatch(organizationId, operations);
  const { ask, key, logged, stop } = await serve({ store: { ...inner, applyBatch } });
  const token = await key(newOrganization(), { role: 'invoke' });
  const answer = await ask('post', '/api/v1/reservations', { token, body });
  expect(answer).toMatchObject({ status: 503, body: { type: 'urn:agent-budget:problem:busy', title: 'The service is busy' } });
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.text).not.toContain('1,000');
  // An overload that wrote a line a request would be more of one.
  expect(logged).toEqual([]);
  isBusy = false;
  expect(await ask('post', '/api/v1/reservations', { token, body })).toMatchObject({ status: 201 });
  await stop();
});
