import { BUDGET_DEFAULTS } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import { freePort } from '../../src/ground/ports';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { Scene } from '../../faults/fault';
import { ORGANIZATION, startLoad } from '../../faults/load';
import { until } from '../../faults/waiting';

function sceneOf(patienceMs: number): Scene {
  const over = new AbortController();
  const fail = (reason: unknown) => {
    over.abort(reason);
  };
  return { folder: '', log: () => undefined, signal: over.signal, fail, patienceMs, cleanUps: [] };
}

test('what does not come is said, and not waited for', async () => {
  await expect(until(sceneOf(100), 'it rains', () => false)).rejects.toThrow('not so within 0.1 s: it rains');
});

test('callers of a ledger that stays unavailable do not ask for ever', async () => {
  const store = createPostgresStore(`postgresql://budget@127.0.0.1:${String(await freePort())}/budget`);
  const load = startLoad(sceneOf(100), store, 2);
  await expect(load.end()).rejects.toThrow('no answer');
  expect(load.told.refusedReserves).toBeGreaterThan(0);
  await store.close();
});

test('a caller who cannot go on ends what the others are waited for', async () => {
  const store = createMemoryStore();
  const scope = { organizationId: ORGANIZATION, teamId: null, userId: null, agentId: null };
  const limits = { monthlyMicroUsd: fromUsd(3), dailyMicroUsd: null, monthlyExecutions: null, dailyExecutions: null };
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'main', scope, limits }, Date.now());
  const scene = sceneOf(60_000);
  const load = startLoad(scene, store, 1);
  await expect(until(scene, 'all are answered', () => false)).rejects.toThrow('was denied');
  expect(load.told.committed.size).toBe(2);
});
