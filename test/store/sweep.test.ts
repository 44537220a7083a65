import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { cost, databaseUrl, Ledger, NOON, TTL } from './support';

test('a sweep moves the mark past holds that were settled, so that no look-out for overdue ones reads them all', async () => {
  const store = createPostgresStore(databaseUrl());
  const ledger = new Ledger(store);
  await ledger.reserve('a', 1);
  await ledger.commit('a', cost(1));
  expect(await store.sweepableOrganizations(NOON + TTL)).toContain(ledger.organizationId);
  expect(await ledger.expire(NOON + TTL)).toEqual({ expired: 0, isComplete: true });
  expect(await store.sweepableOrganizations(NOON + TTL)).not.toContain(ledger.organizationId);
  await store.close();
});
