import { randomUUID } from 'node:crypto';
import type { AgentRecord } from '../../chaos/agents';
import { budgetsFor, EVERYTHING } from '../../chaos/budgets';
import type { Answered } from '../../chaos/callers';
import type { History } from '../../chaos/history';
import { planOf, type Call } from '../../chaos/plan';
import type { Receiver, Told } from '../../chaos/receiver';
import { readLedger, type Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';
import { UNLIMITED } from '../../src/domain/budget';
import { microUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { NOON } from '../store/support';

export const CALLS = 20;
export const COST = 21_000;
const receiver: Pick<Receiver, 'urlFor'> = { urlFor: () => 'http://127.0.0.1/' };
const midnight = { timeZone: 'UTC', anchorDay: 1 };

/** Records of a run in which all went well: each call was told a cost of its own, and charged it. */
export async function sound(): Promise<Records> {
  const store = createMemoryStore();
  const organizationId = 'main' as const;
  // Of one agent, which answers; what else is planned does not matter here.
  const calls = planOf(1, CALLS, 10).calls.map((call): Call => ({
    ...call,
    organizationId,
    way: 'client',
    behaviour: 'quick',
    lie: 'NaN',
    interference: null,
  }));
  // So that 0.5 of everything is crossed, and no more: 20 x 0.021 USD.
  const budgets = budgetsFor(organizationId, calls, receiver, midnight).map((budget) => {
    const monthlyMicroUsd = microUsd(budget.budgetId === EVERYTHING ? 700_000 : 7_000_000);
    return { ...budget, limits: { ...UNLIMITED, monthlyMicroUsd } };
  });
  const steps: Step[] = budgets.map(({ budgetId, limits }) => {
    return { transaction: 'limits', budgetId, what: 'limit' as const, limits };
  });
  for (const budget of budgets) await store.putBudget(budget, NOON);
  const agents: AgentRecord[] = [];
  const outcomes = new Map<number, Answered>();
  const histories = new Map<string, History>();
  for (const { number, key, team } of calls) {
    const call = { organizationId, teamId: team, userId: null, agentId: 'quick' };
    const cost = microUsd(COST + number);
    const [estimateMicroUsd, fingerprint] = [microUsd(100_000), key];
    const reserve = { kind: 'reserve' as const, key, at: NOON, call, estimateMicroUsd, ttlMs: 60_000, fingerprint, run: null };
    for (const operation of [
      { ...reserve, startsWork: true },
      { kind: 'commit' as const, key, at: NOON, outcome: { status: 'succeeded' as const, costMicroUsd: cost } },
    ]) {
      await perform(store, organizationId, operation);
      for (const { period, month, day, carriedInMicroUsd } of await store.balances(organizationId, EVERYTHING, 0)) {
        const balance = { month: { ...month, start: period.start }, day, carriedInMicroUsd };
        steps.push({ transaction: `${operation.kind} ${key}`, budgetId: EVERYTHING, what: 'balance', ...balance });
      }
    }
    agents.push({ call: number, spentMicroUsd: cost, toldMicroUsd: cost });
    outcomes.set(number, { status: 'completed', chargedMicroUsd: cost, recordedMicroUsd: cost, reason: null, answeredAt: NOON });
    histories.set(key, { isOpen: false, tries: 1, costs: [{ amountMicroUsd: cost, of: 'answer' }] });
  }
  const ledger = await readLedger(store, organizationId, calls);
  const start = ledger.balances.find(({ budgetId }) => budgetId === EVERYTHING)?.period.start ?? NaN;
  const crossing = { window: 'month' as const, kind: 'cost' as const, window_start: new Date(start).toISOString(), threshold: 0.5 };
  const told: Told[] = [{ organizationId, budgetId: EVERYTHING, id: randomUUID(), crossings: [crossing], denials: 0, wasTaken: true }];
  const transactions = new Map(ledger.entries.map(({ entryId, key }) => [entryId, `commit ${key}`]));
  const witnessed = { steps, transactions };
  return {
    calls,
    outcomes,
    agents,
    direct: new Map(),
    histories,
    ledger,
    witnessed,
    budgets,
    landed: [],
    told,
    hasFaults: true,
  };
}
