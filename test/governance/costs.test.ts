import { entries } from '../../src/store/reports';
import { NOON, onEveryStore } from '../store/support';
import { serviceOn } from './support';

onEveryStore('GovernanceService.recordInvocationCost', (ledger) => {
  const written = () => entries(ledger().store, ledger().organizationId);

  test('charges every budget that covers the call, and keeps success and metadata on the entries', async () => {
    const { service, call } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 100 }, { budgetId: 'org' });
    await ledger().limit({ monthly: 100 }, { budgetId: 'agent', scope: { agentId: 'agent-001' } });
    await ledger().limit({ monthly: 100 }, { budgetId: 'other', scope: { agentId: 'agent-002' } });
    const metadata = { duration_ms: 1_500 };
    const receipt = await service.recordInvocationCost({ ...call, actualCost: 9.5, executionSuccess: true, metadata });
    expect(receipt).toMatchObject({ state: 'committed', chargedUsd: 9.5, heldUsd: 0, isUnconfirmed: false });
    const noted = { key: receipt.key, kind: 'charge', spentUsd: 9.5, executionSuccess: true, metadata };
    expect(await written()).toMatchObject([
      { ...noted, budgetId: 'agent' },
      { ...noted, budgetId: 'org' },
    ]);
    expect(await ledger().month(NOON, 'other')).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('a key given twice is charged once (a cost is logged twice), also at once; without a key each is a charge', async () => {
    const { service, call, spend } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 100 });
    const cost = { ...call, actualCost: 3, executionSuccess: false, metadata: { b: 1, a: [2] }, key: 'request-1' };
    const receipt = await service.recordInvocationCost(cost);
    const again = { ...cost, metadata: { a: [2], b: 1 } };
    expect(await Promise.all([service.recordInvocationCost(again), service.recordInvocationCost(again)])).toEqual([receipt, receipt]);
    expect(await ledger().month()).toEqual({ spent: 3, held: 0, executions: 1 });
    await spend(3);
    await spend(3);
    expect(await ledger().month()).toEqual({ spent: 9, held: 0, executions: 3 });
  });

  test.each([
    ['amount', { actualCost: 4 }],
    ['agent', { externalAgentId: 'another' }],
    ['user', { userId: 'ann' }],
    ['success', { executionSuccess: false }],
    ['metadata', { metadata: { n: 2 } }],
  ])('a key given again with another %s is a named conflict, and charges nothing', async (_name, other) => {
    const { service, call } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 100 });
    const cost = { ...call, actualCost: 3, executionSuccess: true, metadata: { n: 1 }, key: 'request-1' };
    await service.recordInvocationCost(cost);
    await expect(service.recordInvocationCost({ ...cost, ...other })).rejects.toMatchObject({ name: 'KeyConflict' });
    expect(await ledger().month()).toEqual({ spent: 3, held: 0, executions: 1 });
  });

  test('what was spent is charged, also where nothing is left', async () => {
    const { check, spend } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 1, monthlyExecutions: 1 });
    await spend(5);
    await spend(5);
    expect(await ledger().month()).toEqual({ spent: 10, held: 0, executions: 2 });
    expect(await check(0)).toMatchObject({ allowed: false });
  });

  test('a tenth of a cent a hundred times is ten cents (float drift), and a positive cost is never 0', async () => {
    const { spend } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 1 });
    for (let n = 0; n < 100; n += 1) await spend(0.001);
    await spend(1e-9);
    expect(await ledger().month()).toEqual({ spent: 0.100001, held: 0, executions: 101 });
  });

  test('money that no budget covers is on the ledger too', async () => {
    const { service, call } = await serviceOn(ledger(), () => NOON);
    await service.recordInvocationCost({ ...call, actualCost: 2, metadata: { why: 'none' } });
    expect(await written()).toMatchObject([{ budgetId: null, spentUsd: 2, executionSuccess: null, metadata: { why: 'none' } }]);
  });
});
