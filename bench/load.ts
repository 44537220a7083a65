import { randomUUID } from 'node:crypto';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget } from '../src/domain/budget';
import { microUsd } from '../src/domain/money';
import { perform, type BudgetStore } from '../src/store/budget-store';
import { median, quantile } from './measure';

const CENT = microUsd(10_000);
const FINGERPRINT = 'a'.repeat(64);

/** Whose budget a pair of reserve and commit is charged to, and the agent that it is for. */
export interface Target {
  readonly organizationId: string;
  readonly agentId: string;
}

export interface Load {
  readonly pairs: number;
  readonly pairsPerSecond: number;
  readonly reserveP50Ms: number;
  readonly reserveP99Ms: number;
}

/** A budget that no load exhausts, with all that a budget can have on: limits of cost and executions, of month and day, and an alert target. */
export function hotBudget(organizationId: string, budgetId: string, agentId: string | null): Budget {
  const cost = microUsd(1e15);
  return {
    ...BUDGET_DEFAULTS,
    budgetId,
    scope: { organizationId, teamId: null, userId: null, agentId },
    limits: { ...UNLIMITED, monthlyMicroUsd: cost, dailyMicroUsd: cost, monthlyExecutions: 1e12, dailyExecutions: 1e12 },
    alerts: { webhookUrl: 'https://alerts.example/budget' },
  };
}

/** One caller after the other's heart: reserves, and commits once that is answered; then again. `callers` of them for `ms` milliseconds. */
export async function applyLoad(store: BudgetStore, callers: number, ms: number, targetOf: (pair: number) => Target): Promise<Load> {
  const latencies: number[] = [];
  const began = performance.now();
  let next = 0;
  const call = async () => {
    while (performance.now() < began + ms) latencies.push(await pair(store, targetOf(next++)));
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - began) / 1_000;
  return {
    pairs: latencies.length,
    pairsPerSecond: Math.round(latencies.length / seconds),
    reserveP50Ms: median(latencies),
    reserveP99Ms: quantile(latencies, 0.99),
  };
}

/** Milliseconds that the reserve took. */
async function pair(store: BudgetStore, { organizationId, agentId }: Target): Promise<number> {
  const key = randomUUID();
  const call = { organizationId, teamId: null, userId: null, agentId };
  const began = performance.now();
  const { status } = await perform(store, organizationId, {
    kind: 'reserve',
    key,
    at: Date.now(),
    call,
    estimateMicroUsd: CENT,
    ttlMs: 600_000,
    fingerprint: FINGERPRINT,
    run: null,
    startsWork: true,
  });
  const tookMs = performance.now() - began;
  if (status !== 'granted') throw new Error(`A reserve was answered ${status}`);
  const outcome = { status: 'succeeded' as const, costMicroUsd: microUsd(8_000) };
  await perform(store, organizationId, { kind: 'commit', key, at: Date.now(), outcome });
  return tookMs;
}
