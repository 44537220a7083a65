import { randomUUID } from 'node:crypto';
import type { AgentRecord } from '../../chaos/agents';
import { budgetsFor } from '../../chaos/budgets';
import { ORGANIZATION, type Outcome } from '../../chaos/callers';
import { compare, type Records } from '../../chaos/compare';
import { planOf } from '../../chaos/plan';
import type { Receiver, Told } from '../../chaos/receiver';
import { readLedger } from '../../chaos/records';
import { microUsd } from '../../src/domain/money';
import type { StoredEntry } from '../../src/domain/ledger';
import { perform } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { NOON } from '../store/support';

const CALLS = 20;
const COST = 21_000;
const receiver: Pick<Receiver, 'urlFor'> = { urlFor: () => 'http://127.0.0.1/' };
const midnight = { timeZone: 'UTC', anchorDay: 1, behindMs: 0 };

/** Records of a run in which all went well: each call was told a cost of its own, and charged it. */
async function sound(): Promise<Records> {
  const store = createMemoryStore();
  const { calls } = planOf(1, CALLS, 10);
  // So that 0.5 is crossed, and no more: 20 x 0.021 USD.
  const budgets = budgetsFor(CALLS, receiver as Receiver, midnight).map((budget) =>
    budget.budgetId === 'everything' ? { ...budget, limits: { ...budget.limits, monthlyMicroUsd: microUsd(700_000) } } : budget,
  );
  for (const budget of budgets) await store.putBudget(budget, NOON);
  const agents: AgentRecord[] = [];
  const outcomes = new Map<number, Outcome>();
  for (const { number, key, team } of calls) {
    const call = { organizationId: ORGANIZATION, teamId: team, userId: null, agentId: 'quick' };
    const cost = microUsd(COST + number);
    const [estimateMicroUsd, fingerprint] = [microUsd(100_000), key];
    const reserve = { kind: 'reserve' as const, key, at: NOON, call, estimateMicroUsd, ttlMs: 60_000, fingerprint, run: null };
    await perform(store, ORGANIZATION, { ...reserve, startsWork: true });
    await perform(store, ORGANIZATION, { kind: 'commit', key, at: NOON, outcome: { status: 'succeeded', costMicroUsd: cost } });
    agents.push({ call: number, spentMicroUsd: cost, toldMicroUsd: cost });
    outcomes.set(number, { status: 'completed', chargedMicroUsd: cost, recordedMicroUsd: cost });
  }
  const ledger = await readLedger(store, calls);
  const start = ledger.balances.find(({ budgetId }) => budgetId === 'everything')?.period.start ?? NaN;
  const crossing = { window: 'month' as const, kind: 'cost' as const, window_start: new Date(start).toISOString(), threshold: 0.5 };
  const told: Told[] = [{ budgetId: 'everything', id: randomUUID(), crossings: [crossing], wasTaken: true }];
  const direct = new Map<number, number>();
  return { calls, outcomes, agents, direct, inHistories: new Map(), ledger, budgets, told, stuck: [] };
}

const counts = async (change: (records: Records) => Partial<Records>) => {
  const records = await sound();
  const figures = Object.entries(compare({ ...records, ...change(records) })).filter(([, count]) => typeof count === 'number' && count > 0);
  return Object.fromEntries(figures) as Record<string, number>;
};

const withEntries = ({ ledger }: Records, change: (entries: readonly StoredEntry[]) => readonly StoredEntry[]) => ({
  ledger: { ...ledger, entries: change(ledger.entries) },
});

const withHold = ({ ledger, calls: [first] }: Records, change: object) => {
  const hold = ledger.holds.get(first?.key ?? '');
  const holds = new Map(ledger.holds);
  if (hold !== undefined) holds.set(hold.key, { ...hold, ...change });
  return { ledger: { ...ledger, holds } };
};

test('records that agree: nothing is found', async () => {
  expect(await counts(() => ({}))).toEqual({});
});

test.each<[string, Record<string, number>, (records: Records) => Partial<Records>]>([
  [
    'an entry that is missing',
    { drift: 2 },
    (records) => withEntries(records, ([, ...rest]) => rest.filter(({ budgetId }) => budgetId !== 'soft')),
  ],
  ['a hold that nobody ended', { leakedHolds: 1 }, (records) => withHold(records, { state: 'held' })],
  ['a charge of which no agent told', { doubleCharges: 1 }, ({ agents: [, ...agents] }) => ({ agents })],
  [
    'the same attempt charged by two entries',
    { doubleCharges: 1, drift: 2 },
    (records) =>
      withEntries(records, (entries) => [...entries, ...entries.filter(({ budgetId }) => budgetId === 'everything').slice(0, 1)]),
  ],
  [
    'a cost that a history has, and the ledger has not',
    { uncharged: 1 },
    ({ calls: [first] }) => ({ inHistories: new Map([[first?.key ?? '', [4_711]]]) }),
  ],
  [
    'a caller who was told of a charge that the ledger has not',
    { uncharged: 1 },
    ({ outcomes }) => ({ outcomes: new Map(outcomes).set(0, { status: 'failed', chargedMicroUsd: 99_999, recordedMicroUsd: null }) }),
  ],
  [
    'what an agent spent and could tell nobody: no fault of ours',
    { unreported: 1 },
    ({ agents }) => ({ agents: [...agents, { call: 0, spentMicroUsd: 25_000, toldMicroUsd: 25_000 }] }),
  ],
  [
    'a hard budget that is overspent',
    { overspend: 1, lostAlerts: 3 },
    ({ budgets }) => ({
      budgets: budgets.map((budget) =>
        budget.budgetId === 'everything' ? { ...budget, limits: { ...budget.limits, monthlyMicroUsd: microUsd(420_000) } } : budget,
      ),
    }),
  ],
  ['an alert that nobody took', { lostAlerts: 1 }, ({ told }) => ({ told: told.map((one) => ({ ...one, wasTaken: false })) })],
  [
    'a crossing told under two ids',
    { repeatedAlerts: 1 },
    ({ told }) => ({ told: [...told, ...told.map((one) => ({ ...one, id: 'other' }))] }),
  ],
])('%s', async (_, found, change) => {
  expect(await counts(change)).toEqual(found);
});

test('a delivery that is repeated keeps its id, and is no other alert', async () => {
  expect(await counts(({ told }) => ({ told: [...told, ...told] }))).toEqual({});
});
