import type { Balance } from '../../../src/domain/balance';
import type { Operation, Outcome } from '../../../src/domain/ledger';
import { microUsd } from '../../../src/domain/money';
import { audit } from '../../../src/store/audit';
import type { BudgetStore } from '../../../src/store/budget-store';
import { findingsOf } from '../../../src/store/loose-ends';
import { budgetOf, DAY, limitsOf } from '../support';
import { bodyOf, type Answer, type Step } from './steps';
import { carriedInto, dayOf, heldIn, monthOf, spentIn, type Model } from './model';

/** A step as the ledger is asked it; null where only time passes. */
export function operationOf(step: Step, organizationId: string, at: number): Operation | null {
  const outcome = (costed: number | null) => ({ status: 'succeeded' as const, costMicroUsd: costed === null ? null : microUsd(costed) });
  const callOf = (teamId: string | null) => ({ organizationId, teamId, userId: null, agentId: null });
  switch (step.is) {
    case 'pass':
      return null;
    case 'put': {
      const { budget: budgetId, limit, daily, isHard, carryPercent: rolloverPercent } = step;
      const limits = { ...limitsOf({}), monthlyMicroUsd: microUsd(limit), dailyMicroUsd: daily === null ? null : microUsd(daily) };
      const more = { budgetId, mode: isHard ? ('hard' as const) : ('soft' as const), rolloverPercent };
      return { kind: 'putBudget', budget: budgetOf(callOf(budgetId === 'team' ? 't' : null), limits, more), at };
    }
    case 'reserve': {
      const { key, amount, team, startsWork, ttlMs } = step;
      const asked = { estimateMicroUsd: microUsd(amount), fingerprint: bodyOf(step), run: null, startsWork, ttlMs };
      return { kind: 'reserve', key, at, call: callOf(team), ...asked };
    }
    case 'start':
      return {
        kind: 'startAttempt',
        key: step.key,
        at,
        attemptId: step.attempt,
        activityId: 'agent',
        runId: step.ofRun ? 'run' : null,
        scheduledAt: Number(step.attempt),
      };
    case 'finish':
      return { kind: 'finishAttempt', key: step.key, at, attemptId: step.attempt, outcome: outcome(step.cost) };
    case 'commit':
      return { kind: 'commit', key: step.key, at, outcome: outcome(step.cost) };
    case 'settle':
      return { kind: 'settle', key: step.key, at, ...(step.noTryBefore > 0 && { noTryBefore: step.noTryBefore }) };
    case 'extend':
      return { kind: 'extend', key: step.key, at };
    case 'release':
      return { kind: 'release', key: step.key, at, onBehalfOf: null };
    case 'charge':
      return { kind: 'charge', key: step.key, at, call: callOf('t'), amountMicroUsd: microUsd(step.amount), fingerprint: bodyOf(step) };
    case 'expire':
      return { kind: 'expire', at };
    case 'prune':
      return { kind: 'prune', at, before: at - 62 * DAY, most: 1_000 };
    case 'close':
      return { kind: 'closePeriods', budgetId: step.budget, at };
  }
}

/** What of an outcome a model can know. */
export function toldBy(outcome: Outcome): Answer {
  if (!outcome.ok) return outcome.error.code;
  const { answer } = outcome;
  if ('denial' in answer) {
    const { code, budgetId, limit, available } = answer.denial;
    return { code, budgetId, limit, available } as Answer;
  }
  if ('expired' in answer) return { count: answer.expired };
  if ('closed' in answer) return { count: answer.closed };
  const receipt = 'receipt' in answer ? answer.receipt : answer;
  if (!('heldMicroUsd' in receipt)) return '';
  return { state: receipt.state, held: receipt.heldMicroUsd, charged: receipt.chargedMicroUsd };
}

/** Every month of every budget, as the ledger has it and as the model adds it up: they must be the same. */
export function compareMonths(m: Model, balances: ReadonlyMap<string, readonly Balance[]>): void {
  for (const [budgetId, rows] of balances) {
    const [kept, added] = [rows.map(shown), rows.map((row) => addedUp(m, budgetId, row))];
    expect({ budgetId, months: kept }).toEqual({ budgetId, months: added });
  }
}

function shown({ period, month, day, carriedInMicroUsd }: Balance) {
  const [spent, held, spentToday, heldToday] = [month.spentMicroUsd, month.heldMicroUsd, day.spentMicroUsd, day.heldMicroUsd];
  return { month: monthOf(period.start), carried: carriedInMicroUsd, spent, held, spentToday, heldToday };
}

function addedUp(m: Model, budgetId: string, { period, day }: Balance) {
  const month = monthOf(period.start);
  const today = { day: dayOf(day.start) };
  const sums = { spent: spentIn(m, budgetId, { month }), held: heldIn(m, budgetId, { month }) };
  return {
    month,
    carried: carriedInto(m, budgetId, month),
    ...sums,
    spentToday: spentIn(m, budgetId, today),
    heldToday: heldIn(m, budgetId, today),
  };
}

export async function balancesOf(store: BudgetStore, organizationId: string, m: Model): Promise<Map<string, readonly Balance[]>> {
  const named = Object.keys(m.budgets);
  const rows = await Promise.all(named.map((budgetId) => store.balances(organizationId, budgetId, -8e15)));
  return new Map(named.map((budgetId, index) => [budgetId, rows[index] ?? []]));
}

/** DESIGN section 6: spent is entries and what was pruned of them, held is the open holds; nothing is below 0, and no row contradicts itself. */
export async function assertSound(store: BudgetStore, organizationId: string, m: Model): Promise<void> {
  expect(await audit(store, organizationId)).toEqual([]);
  const ends = await store.looseEnds(organizationId, m.now);
  expect(findingsOf(ends, () => false, -8e15)).toEqual([]);
  const rows = [...(await balancesOf(store, organizationId, m)).values()].flat();
  expect(rows.filter(({ month, day }) => Math.min(month.heldMicroUsd, day.heldMicroUsd, month.executions, day.executions) < 0)).toEqual([]);
}

/** After a grant, no hard budget of the call holds and has spent more than its limit and what it was handed. */
export function assertWithinLimits(m: Model, key: string, balances: ReadonlyMap<string, readonly Balance[]>): void {
  for (const budgetId of m.keys[key]?.budgets ?? []) {
    const put = m.budgets[budgetId]?.puts.at(-1);
    const row = balances.get(budgetId)?.find(({ period }) => period.start <= m.now && m.now < period.end);
    if (put?.isHard !== true || row === undefined) continue;
    const { month, day, carriedInMicroUsd } = row;
    expect(month.spentMicroUsd + month.heldMicroUsd).toBeLessThanOrEqual(put.limit + carriedInMicroUsd);
    if (put.daily !== null) expect(day.spentMicroUsd + day.heldMicroUsd).toBeLessThanOrEqual(put.daily);
  }
}

/** Each key's entries add up to what its attempts cost: nothing was charged twice, whoever asked twice. */
export async function assertChargedOnce(store: BudgetStore, organizationId: string, m: Model): Promise<void> {
  const entries = await store.entries(organizationId, 'main', 0, 10_000);
  for (const [name, { attempts }] of Object.entries(m.keys)) {
    const charged = attempts.filter(({ budgets }) => budgets.includes('main')).reduce((sum, one) => sum + one.charged, 0);
    const written = entries.filter(({ key }) => key === name).reduce((sum, { spentMicroUsd }) => sum + spentMicroUsd, 0);
    expect([name, written]).toEqual([name, charged]);
  }
}
