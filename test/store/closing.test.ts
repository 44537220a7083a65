import { GovernanceService } from '../../src/governance';
import { LedgerClosed } from '../../src/store/ledger-unavailable';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { budgetOf, databaseUrl, limitsOf, NOON } from './support';
import { randomUUID } from 'node:crypto';

const organizationId = `closing-${randomUUID()}`;
const call = { organizationId, externalAgentId: 'writer' };

test('a store that closes answers what was asked before, also what waits for a connection, and refuses what comes after', async () => {
  const store = createPostgresStore(databaseUrl(), { maxConnections: 2 });
  const scope = { organizationId, teamId: null, userId: null, agentId: null };
  await store.putBudget(budgetOf(scope, limitsOf({ monthly: 1_000 })), NOON);
  const governance = new GovernanceService({ store });
  await governance.initialize();
  const asked = Array.from({ length: 50 }, () => governance.reserve({ ...call, estimatedCost: 1 }));
  const closed = store.close();
  let hasClosed = false;
  void closed.then(() => (hasClosed = true));
  const closedAgain = store.close().then(() => hasClosed);
  await expect(store.budgets(organizationId)).rejects.toThrow(LedgerClosed);
  await expect(governance.reserve({ ...call, estimatedCost: 1 })).rejects.toThrow(LedgerClosed);
  expect((await Promise.all(asked)).filter(({ allowed }) => allowed)).toHaveLength(50);
  await closed;
  expect(await closedAgain).toBe(true);
  await expect(store.close()).resolves.toBeUndefined();
});
