import { createMemoryStore } from '../../src/store/memory/memory-store';
import { perform } from '../../src/store/budget-store';
import { usd } from './support';

test('a call of another organization is refused, never allowed as unbudgeted', async () => {
  const call = { organizationId: 'other', teamId: null, userId: null, agentId: null };
  const charge = { kind: 'charge' as const, key: 'a', at: 0, call, amountMicroUsd: usd(1), fingerprint: 'a' };
  await expect(perform(createMemoryStore(), 'mine', charge)).rejects.toMatchObject({ name: 'InvalidRequest' });
});
