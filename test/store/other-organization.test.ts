import { createMemoryStore } from '../../src/store/memory/memory-store';
import { perform } from '../../src/store/budget-store';
import { onEveryStore, usd } from './support';

test('a call of another organization is refused, never allowed as unbudgeted', async () => {
  const call = { organizationId: 'other', teamId: null, userId: null, agentId: null };
  const charge = { kind: 'charge' as const, key: 'a', at: 0, call, amountMicroUsd: usd(1), fingerprint: 'a' };
  await expect(perform(createMemoryStore(), 'mine', charge)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

const barring = { kind: 'release' as const, key: 'a', at: 0, onBehalfOf: { runId: 'r', firstExecutionRunId: 'r' } };

onEveryStore('an organization id that is none is refused by name, and leaves nothing behind', (ledger) => {
  test.each([['bad org!'], [''], ['a\0b'], ['x'.repeat(3_000)]])('%j', async (organizationId) => {
    await expect(perform(ledger().store, organizationId, barring)).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(await ledger().store.organizations()).not.toContain(organizationId);
  });
});
