import { agentDefinition } from '../../src/contract/schemas/agent';
import { onEveryStore } from './support';

const agentCalled = (agentId: string) => agentDefinition.parse({ agentId, platform: 'in_process', functionName: 'f' });

onEveryStore('agents of a store', (ledger) => {
  it('are removed once, and only from their own organization', async () => {
    const { store, organizationId } = ledger();
    for (const agentId of ['a', 'b']) await store.putAgent(organizationId, agentCalled(agentId));
    expect(await store.removeAgent(`${organizationId}-other`, 'a')).toBe(false);
    expect(await store.removeAgent(organizationId, 'a')).toBe(true);
    expect(await store.removeAgent(organizationId, 'a')).toBe(false);
    expect(await store.agent(organizationId, 'a')).toBeUndefined();
    expect(await store.agents(organizationId)).toEqual([agentCalled('b')]);
  });
});
