import { countedStore } from '../../src/store/counted-store';
import { perform, type BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { fromUsd } from '../../src/domain/money';
import type { Reserve, StartAttempt } from '../../src/domain/ledger';
import { budgetOf } from '../support/budgets';

const AT = Date.UTC(2026, 0, 5);
const call = { organizationId: 'acme', teamId: null, userId: null, agentId: null };

const reserve = (key: string, usd: number, at = AT): Reserve => ({
  kind: 'reserve',
  key,
  at,
  call,
  estimateMicroUsd: fromUsd(usd),
  ttlMs: 60_000,
  fingerprint: String(usd),
  run: null,
  startsWork: false,
});
const commit = (key: string, usd: number | null, at = AT) => ({
  kind: 'commit' as const,
  key,
  at,
  outcome: { status: 'succeeded' as const, costMicroUsd: usd === null ? null : fromUsd(usd) },
});
const start = (key: string, attemptId: string, at = AT): StartAttempt => ({
  kind: 'startAttempt',
  key,
  at,
  attemptId,
  activityId: 'a',
  runId: 'r',
  scheduledAt: at,
});

let counts: Record<string, number>;
let ledger: BudgetStore;
beforeEach(async () => {
  counts = {};
  const count = (name: string, amount: number) => {
    counts[name] = Math.round(((counts[name] ?? 0) + amount) * 1e6) / 1e6;
  };
  const store = createMemoryStore();
  await store.putBudget(budgetOf('acme', { monthlyMicroUsd: fromUsd(1) }), AT);
  ledger = countedStore(store, {
    decided: (outcome) => {
      count(outcome, 1);
    },
    charged: (usd) => {
      count('usd', usd);
    },
  });
});

const ask = async (...operations: Parameters<BudgetStore['applyBatch']>[1]) => {
  for (const operation of operations) await perform(ledger, 'acme', operation).catch(() => undefined);
};

test.each<[string, Parameters<BudgetStore['applyBatch']>[1], Record<string, number>]>([
  ['a grant and its charge', [reserve('a', 0.5), commit('a', 0.25)], { granted: 1, usd: 0.25 }],
  [
    'an answer that is given again',
    [reserve('a', 0.5), reserve('a', 0.5, AT + 1), commit('a', 0.25), commit('a', 0.25)],
    { granted: 1, usd: 0.25 },
  ],
  ['a denial, and the same again', [reserve('a', 2), reserve('a', 2, AT + 1)], { denied: 1 }],
  ['a key that was settled before decides nothing', [reserve('a', 0.5), commit('a', 0.5), reserve('a', 0.5)], { granted: 1, usd: 0.5 }],
  ['a refusal is no decision', [reserve('a', 0.5), reserve('a', 0.75)], { granted: 1 }],
  ['a late cost that is lower is not taken back', [reserve('a', 0.5), commit('a', null), commit('a', 0.25)], { granted: 1, usd: 0.5 }],
  ['a late cost that is higher counts for the rest', [reserve('a', 0.5), commit('a', null), commit('a', 0.75)], { granted: 1, usd: 0.75 }],
  [
    'an attempt that nobody finished, where its hold ends',
    [reserve('a', 0.5), start('a', '1'), { kind: 'expire', at: AT + 60_000 }],
    { granted: 1, usd: 0.5 },
  ],
  ['an attempt goes on under its grant', [reserve('a', 0.5), start('a', '1')], { granted: 1 }],
  [
    'an attempt that is denied when its hold has lapsed',
    [reserve('a', 0.75), { kind: 'expire', at: AT + 60_000 }, reserve('b', 0.75, AT + 60_001), start('a', '1', AT + 60_002)],
    { granted: 2, denied: 1 },
  ],
  [
    'a charge that nothing preceded',
    [{ kind: 'charge', key: 'c', at: AT, call, amountMicroUsd: fromUsd(3), fingerprint: '3' }],
    { usd: 3 },
  ],
])('counts %s', async (_name, operations, expected) => {
  await ask(...operations);
  expect(counts).toEqual(expected);
});
