import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { BUDGET_DEFAULTS, UNLIMITED } from '../../src/domain/budget';
import { GovernanceService, InMemoryBudgetStore } from '../../src/governance';
import { run } from '../../src/ground/child';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl, NOON, usd } from '../store/support';
import { createDatabase } from '../support/database';
import { callBadly, GOOD } from './support';

const { organizationId, externalAgentId, key, estimatedCost, actualCost } = GOOD;
const METHODS = [
  ['checkBudget', { organizationId, externalAgentId, estimatedCost }],
  ['recordInvocationCost', { organizationId, externalAgentId, actualCost }],
  ['reserve', { organizationId, externalAgentId, estimatedCost }],
  ['commit', { organizationId, key, actualCost }],
  ['release', { organizationId, key }],
  ['extend', { organizationId, key }],
] as const;
const BUDGET = { ...BUDGET_DEFAULTS, budgetId: 'ten', limits: { ...UNLIMITED, monthlyMicroUsd: usd(10) } };
/** Nobody listens there. */
const NOWHERE = 'postgresql://nobody@127.0.0.1:9/none';

describe('an outage is never "allowed" (a lookup throws and the call is allowed)', () => {
  test.each(METHODS)('%s rejects with LedgerUnavailable when nobody listens', async (method, request) => {
    const store = createPostgresStore(NOWHERE);
    const service = new GovernanceService({ store });
    await service.initialize();
    await expect(callBadly(service, method, request)).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    await store.close();
  });

  test.each(METHODS)('%s rejects with LedgerClosed when the store was closed meanwhile', async (method, request) => {
    const store = createPostgresStore(databaseUrl());
    const service = new GovernanceService({ store });
    await service.initialize();
    await store.close();
    await expect(callBadly(service, method, request)).rejects.toMatchObject({ name: 'LedgerClosed' });
  });

  test.each(['production', 'development', 'test', ''])('fail-open outside the word "production": not in %j either', async (environment) => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = environment;
    try {
      const service = new GovernanceService({ store: createPostgresStore(NOWHERE) });
      await service.initialize();
      await expect(service.checkBudget(METHODS[0][1])).rejects.toMatchObject({ name: 'LedgerUnavailable' });
      await service.close();
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  test('initialize rejects with it too, and may be tried again', async () => {
    const service = new GovernanceService({ databaseUrl: NOWHERE });
    for (let n = 0; n < 2; n += 1) await expect(service.initialize()).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    await expect(service.checkBudget({ ...GOOD, estimatedCost: 1 })).rejects.toThrow();
    await service.close();
  });
});

describe('GovernanceService', () => {
  test.each(METHODS)('%s rejects by name before initialize, and after close', async (method, request) => {
    const service = new GovernanceService({ store: createMemoryStore() });
    const early = { name: 'SetupError', message: expect.stringContaining('initialize()') as unknown };
    await expect(callBadly(service, method, request)).rejects.toMatchObject(early);
    await service.initialize();
    await service.close();
    await expect(callBadly(service, method, request)).rejects.toMatchObject(early);
  });

  test('opens its database once, closes it, and can be opened again', async () => {
    const service = new GovernanceService({ databaseUrl: databaseUrl() });
    await Promise.all([service.initialize(), service.initialize()]);
    const { store } = service;
    const call = { organizationId: 'lifecycle', externalAgentId };
    await service.recordInvocationCost({ ...call, actualCost: 1, key: 'once' });
    await service.close();
    await service.close();
    await expect(store.organizations()).rejects.toMatchObject({ name: 'LedgerClosed' });
    await service.initialize();
    expect(await service.recordInvocationCost({ ...call, actualCost: 1, key: 'once' })).toMatchObject({ chargedUsd: 1 });
    await service.close();
  });

  test('leaves a store open that it was given', async () => {
    const store = createPostgresStore(databaseUrl());
    const service = new GovernanceService({ store });
    await service.initialize();
    expect(service.store).toBe(store);
    await service.close();
    expect(await store.agents('lifecycle')).toEqual([]);
    await store.close();
  });

  test('two services on one database share every hold (N replicas each count alone)', async () => {
    const [one, two] = [new GovernanceService({ databaseUrl: databaseUrl() }), new GovernanceService({ databaseUrl: databaseUrl() })];
    await Promise.all([one.initialize(), two.initialize()]);
    const call = { organizationId: `replicas-${randomUUID()}`, externalAgentId };
    const scope = { organizationId: call.organizationId, teamId: null, userId: null, agentId: null };
    await one.store.putBudget({ ...BUDGET, scope }, Date.now());
    const reserveTen = (service: GovernanceService) => Array.from({ length: 10 }, () => service.reserve({ ...call, estimatedCost: 1 }));
    const answers = await Promise.all([...reserveTen(one), ...reserveTen(two)]);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10);
    await Promise.all([one.close(), two.close()]);
  });

  test('an empty database gets its schema, and what was there stays', async () => {
    const url = await createDatabase(databaseUrl(), { template: 'template0' });
    // In a process of its own, compiled: jest cannot load the migration library.
    const script = `
      const { GovernanceService } = require(process.argv[1]);
      const service = new GovernanceService({ databaseUrl: process.argv[2] });
      service.initialize()
        .then(() => service.recordInvocationCost({ organizationId: 'acme', externalAgentId: 'a', actualCost: 2, metadata: { n: 1 }, key: 'k' }))
        .then(() => service.close());`;
    const compiled = path.join(__dirname, '../../dist/src/governance/index.js');
    for (let n = 0; n < 2; n += 1) await run(process.execPath, ['-e', script, compiled, url]);
    const service = new GovernanceService({ databaseUrl: url });
    await service.initialize();
    expect(await service.store.entries('acme', null, 0, 10)).toMatchObject([{ spentMicroUsd: usd(2), metadata: { n: 1 } }]);
    await service.close();
  });

  describe('with nothing but the environment', () => {
    const before = process.env['DATABASE_URL'];
    afterEach(() => {
      if (before === undefined) delete process.env['DATABASE_URL'];
      else process.env['DATABASE_URL'] = before;
      jest.restoreAllMocks();
    });

    test('takes DATABASE_URL', async () => {
      process.env['DATABASE_URL'] = NOWHERE;
      await expect(new GovernanceService().initialize()).rejects.toMatchObject({ name: 'LedgerUnavailable' });
    });

    test('without one, keeps its ledger in memory, and warns of it', async () => {
      delete process.env['DATABASE_URL'];
      const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const service = new GovernanceService();
      await service.initialize();
      expect(warned.mock.calls).toMatchObject([[expect.stringContaining('DATABASE_URL'), { code: 'AGENT_BUDGET_IN_MEMORY' }]]);
      expect(await service.checkBudget({ organizationId, externalAgentId, estimatedCost })).toMatchObject({ allowed: true });
      await service.close();
    });

    test('is not asked where a store is given, and nobody is warned', async () => {
      process.env['DATABASE_URL'] = NOWHERE;
      const warned = jest.spyOn(process, 'emitWarning');
      const service = new GovernanceService({ store: new InMemoryBudgetStore(), now: () => NOON });
      await service.initialize();
      expect(await service.checkBudget({ organizationId, externalAgentId, estimatedCost })).toMatchObject({ allowed: true });
      expect(warned).not.toHaveBeenCalled();
    });
  });
});
