import { NOON, onEveryStore } from '../store/support';
import { callBadly, GOOD, serviceOn } from './support';

type Method = Parameters<typeof callBadly>[1];

const COST_OF = {
  checkBudget: 'estimatedCost',
  reserve: 'estimatedCost',
  recordInvocationCost: 'actualCost',
  commit: 'actualCost',
} as const;
const FIELDS: Record<Method, readonly (keyof typeof GOOD)[]> = {
  checkBudget: ['organizationId', 'externalAgentId', 'estimatedCost'],
  recordInvocationCost: ['organizationId', 'externalAgentId', 'key', 'actualCost'],
  reserve: ['organizationId', 'externalAgentId', 'key', 'estimatedCost'],
  commit: ['organizationId', 'key', 'actualCost'],
  release: ['organizationId', 'key'],
  extend: ['organizationId', 'key'],
};
const METHODS = Object.keys(FIELDS) as Method[];

/** What no amount is. null is unknown: a commit may say so, by writing it. */
const NO_AMOUNTS: readonly unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  -5,
  -1e-9,
  1_000_000.01,
  9_007_199_255,
  1e300,
  '10',
  undefined,
  {},
  [1],
  true,
  10n,
];
const badAmounts = Object.entries(COST_OF).flatMap(([method, field]) =>
  (method === 'commit' ? NO_AMOUNTS : [...NO_AMOUNTS, null]).map(
    (amount) => [method as Method, { [field]: amount }, `${field} ${String(amount)}`] as const,
  ),
);
const badIds = METHODS.flatMap((method) =>
  ['', 'a b', 'x'.repeat(201), 'ü', undefined, null, 7, 'a\u0000'].map(
    (id) => [method, { organizationId: id }, `organization ${String(id).slice(0, 8)}`] as const,
  ),
);
const others: readonly (readonly [Method, object, string])[] = [
  ['checkBudget', { externalAgentId: '' }, 'an empty agent'],
  ['checkBudget', { userId: 'a b' }, 'a user that is none'],
  ['checkBudget', { estimated_cost: 1 }, 'a field in another spelling'],
  ['recordInvocationCost', { key: '' }, 'an empty key'],
  ['recordInvocationCost', { key: 'k'.repeat(201) }, 'an over-long key'],
  ['recordInvocationCost', { executionSuccess: 'yes' }, 'success that is no boolean'],
  ['recordInvocationCost', { metadata: [] }, 'metadata that is a list'],
  ['recordInvocationCost', { metadata: { a: NaN } }, 'NaN in metadata'],
  ['recordInvocationCost', { metadata: { a: 1n } }, 'a bigint in metadata'],
  ['recordInvocationCost', { metadata: { text: 'x'.repeat(5_000) } }, '5,000 bytes of metadata'],
  ['commit', { metadata: { text: 'x'.repeat(5_000) } }, '5,000 bytes of metadata'],
  ['recordInvocationCost', { metadata: JSON.parse('{"__proto__":1}') as unknown }, 'metadata whose field would be lost'],
  ['recordInvocationCost', { key: '..' }, 'a key that no URL can have'],
  ['reserve', { ttlMs: 0 }, 'a TTL of 0'],
  ['reserve', { ttlMs: NaN }, 'a TTL of NaN'],
];
const nothings = METHODS.flatMap((method) => [undefined, null, 'text', 7, []].map((nothing) => [method, nothing] as const));

onEveryStore('bad input to GovernanceService', (ledger) => {
  const goodFor = (method: Method) => ({
    ...Object.fromEntries(FIELDS[method].map((field) => [field, GOOD[field]])),
    organizationId: ledger().organizationId,
  });

  beforeEach(async () => {
    await ledger().limit({ monthly: 100 }, { mode: 'soft' });
    await ledger().reserve('key', 10);
  });

  test('is what follows; the requests are good without it', async () => {
    const { service } = await serviceOn(ledger(), () => NOON);
    await callBadly(service, 'checkBudget', goodFor('checkBudget'));
    await callBadly(service, 'recordInvocationCost', { ...goodFor('recordInvocationCost'), key: 'other' });
    await callBadly(service, 'extend', goodFor('extend'));
    await callBadly(service, 'commit', goodFor('commit'));
    expect(await ledger().month()).toEqual({ spent: 2, held: 0, executions: 2 });
  });

  test.each([...badAmounts, ...badIds, ...others])('%s, %j (%s): refused by name, nothing has changed', async (method, bad) => {
    const { service } = await serviceOn(ledger(), () => NOON);
    const before = await ledger().balances();
    const refused = callBadly(service, method, { ...goodFor(method), ...bad });
    await expect(refused).rejects.toMatchObject({ name: expect.stringMatching(/^Invalid(Request|Amount)$/) as unknown });
    expect(await ledger().balances()).toEqual(before);
    expect(await ledger().store.entries(ledger().organizationId, null, 0, 10)).toEqual([]);
  });

  test.each(nothings)('%s(%j) is refused by name', async (method, nothing) => {
    const { service } = await serviceOn(ledger());
    await expect(callBadly(service, method, nothing)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
