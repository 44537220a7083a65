import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { cost, databaseUrl, Ledger, NOON } from './support';

let store: BudgetStore;
beforeAll(() => {
  store = createPostgresStore(databaseUrl());
});
afterAll(() => store.close());

async function limited(): Promise<Ledger> {
  const ledger = new Ledger(store);
  await ledger.limit({ monthly: 10 });
  return ledger;
}

test('what is carried out again goes by the organization’s own policy', async () => {
  const ledger = new Ledger(store);
  const call = ledger.call({ agentId: 'writer' });
  await ledger.policy({ noBudget: 'deny' });
  await ledger.limit({ monthly: 10 }, { scope: { agentId: 'writer' } });
  await ledger.reserve('old', 1, { call });
  await ledger.commit('old', cost(1));
  await ledger.reserve('unbudgeted', 0);
  // The old key is taken for a new one, which fails the batch.
  const [again, other] = await Promise.all([ledger.reserve('old', 1, { call }), ledger.reserve('other', 0)]);
  expect([again.status, other.status]).toEqual(['taken', 'denied']);
});

test('a known key keeps its answer where a new one would be refused', async () => {
  const ledger = await limited();
  await ledger.charge('told', 1);
  await ledger.policy({ requires: { teamId: true, userId: false } });
  await ledger.expire(NOON);
  await expect(ledger.charge('new', 1)).rejects.toThrow('must name a team');
  await expect(ledger.charge('told', 1)).resolves.toMatchObject({ state: 'committed' });
});

test('what is no operation fails alone, and ends nothing', async () => {
  const ledger = await limited();
  await ledger.reserve('first', 1);
  const nothing = ledger.store.applyBatch(ledger.organizationId, [null as never, { kind: 'rob', at: NOON, key: 'first' } as never]);
  const [outcomes, { status }] = await Promise.all([nothing, ledger.reserve('second', 1)]);
  expect([outcomes, status]).toEqual([
    [
      { ok: false, error: expect.objectContaining({ name: 'InvalidRequest' }) as unknown },
      { ok: false, error: expect.objectContaining({ message: expect.stringContaining('not rob') as unknown }) as unknown },
    ],
    'granted',
  ]);
});
