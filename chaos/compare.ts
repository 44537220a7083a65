import type { Budget } from '../src/domain/budget';
import type { AgentRecord } from './agents';
import { MOVING } from './budgets';
import type { Outcome } from './callers';
import type { Call } from './plan';
import type { Told } from './receiver';
import type { Ledger } from './records';

/** All that is known at the end. */
export interface Records {
  readonly calls: readonly Call[];
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly agents: readonly AgentRecord[];
  /** By the call's number: what callers spent by themselves. */
  readonly direct: ReadonlyMap<number, number>;
  /** By key: costs that Temporal's histories have of runs that did not complete. */
  readonly inHistories: ReadonlyMap<string, readonly number[]>;
  readonly ledger: Ledger;
  /** As they were at first: a limit that moves is never higher. */
  readonly budgets: readonly Budget[];
  readonly told: readonly Told[];
  /** Keys of runs that have not ended, and of calls that were never answered. */
  readonly stuck: readonly string[];
}

/** What must be 0 each, and `unreported`, which need not: what agents spent and could tell nobody. `findings` says what was found where. */
export interface Verdict {
  readonly drift: number;
  readonly leakedHolds: number;
  readonly doubleCharges: number;
  readonly uncharged: number;
  readonly unreported: number;
  readonly overspend: number;
  readonly lostAlerts: number;
  readonly repeatedAlerts: number;
  readonly stuck: number;
  readonly findings: readonly string[];
}

export function compare(records: Records): Verdict {
  const found = {
    drift: driftIn(records),
    leakedHolds: leakedIn(records),
    ...chargesIn(records),
    overspend: overspentIn(records),
    ...alertsIn(records),
    stuck: records.stuck,
  };
  const { unreported, ...faults } = found;
  const count = Object.fromEntries(Object.entries(faults).map(([name, all]) => [name, all.length])) as Record<keyof typeof faults, number>;
  const findings = Object.entries(faults).flatMap(([name, all]) => all.map((one) => `${name}: ${one}`));
  return { ...count, unreported: unreported.length, findings };
}

function driftIn({ ledger }: Records): string[] {
  const { entries, balances, holds, differences } = ledger;
  const found = differences.map((difference) => JSON.stringify(difference));
  // The audit is ours; this is told apart from it, and simpler.
  const spent = new Map<string, number>();
  for (const { budgetId, spentMicroUsd } of entries) if (budgetId !== null) add(spent, budgetId, spentMicroUsd);
  for (const [budgetId, sum] of spent) {
    const balance = balances.filter((row) => row.budgetId === budgetId).reduce((total, { month }) => total + month.spentMicroUsd, 0);
    if (balance !== sum) found.push(`${budgetId}: entries ${String(sum)}, balances ${String(balance)}`);
  }
  const charged = [...holds.values()].flatMap(({ attempts }) => attempts).reduce((sum, attempt) => sum + attempt.chargedMicroUsd, 0);
  if (charged !== (spent.get('everything') ?? 0))
    found.push(`attempts ${String(charged)}, entries ${String(spent.get('everything') ?? 0)}`);
  return found;
}

function leakedIn({ ledger }: Records): string[] {
  return [...ledger.holds.values()].filter(({ state }) => state === 'held').map(({ key }) => key);
}

function chargesIn({ calls, outcomes, agents, direct, inHistories, ledger }: Records) {
  const told = new Map<number, number[]>();
  for (const { call, toldMicroUsd } of agents) if (toldMicroUsd !== null) told.set(call, [...(told.get(call) ?? []), toldMicroUsd]);
  const doubleCharges: string[] = [];
  const uncharged: string[] = [];
  const unreported: string[] = [];
  for (const { number, key } of calls) {
    const attempts = ledger.holds.get(key)?.attempts ?? [];
    const known = attempts.filter(({ isAssumed, state }) => !isAssumed && state === 'finished');
    const possible = [...(told.get(number) ?? []), ...(direct.has(number) ? [direct.get(number) ?? NaN] : [])];
    const charged: number[] = known.map(({ chargedMicroUsd }) => chargedMicroUsd).filter((amount) => amount > 0);
    // No amount was told twice: one that is charged twice, or that nobody told, is a charge too many.
    if (new Set(charged).size < charged.length || charged.some((amount) => !possible.includes(amount)))
      doubleCharges.push(`${key}: charged ${charged.join(' ')}, told ${possible.join(' ')}`);
    const outcome = outcomes.get(number);
    const recorded = [...(inHistories.get(key) ?? []), outcome?.recordedMicroUsd ?? null].filter((amount) => amount !== null);
    for (const amount of new Set(recorded)) if (!charged.includes(amount)) uncharged.push(`${key}: ${String(amount)}`);
    const total = attempts.reduce((sum, attempt) => sum + attempt.chargedMicroUsd, 0);
    const toldToCaller = outcome?.chargedMicroUsd ?? 0;
    if (toldToCaller > total) uncharged.push(`${key}: told ${String(toldToCaller)}, charged ${String(total)}`);
    for (const amount of told.get(number) ?? []) if (!charged.includes(amount)) unreported.push(key);
  }
  for (const [attempt, count] of chargesByAttempt(ledger)) if (count > 1) doubleCharges.push(`${attempt}: ${String(count)} charges`);
  return { doubleCharges, uncharged, unreported };
}

function chargesByAttempt({ entries }: Ledger): Map<string, number> {
  const charges = new Map<string, number>();
  for (const { kind, key, attemptId, budgetId, spentMicroUsd } of entries)
    if (budgetId === 'everything' && spentMicroUsd > 0 && kind !== 'correction') add(charges, `${key} ${String(attemptId)}`, 1);
  return charges;
}

/** A hard limit holds for all but what came late, or cost more than its hold: both are charged all the same, and flagged. */
function overspentIn({ budgets, ledger }: Records): string[] {
  return budgets.flatMap(({ budgetId, mode, limits }) => {
    if (mode !== 'hard' || limits.monthlyMicroUsd === null) return [];
    const limit: number = limits.monthlyMicroUsd;
    return ledger.balances
      .filter((row) => row.budgetId === budgetId)
      .flatMap(({ month, period, carriedInMicroUsd }) => {
        const inMonth = ledger.entries.filter((entry) => entry.budgetId === budgetId && entry.periodStart === period.start);
        const excused = inMonth.reduce((sum, entry) => sum + (isExcused(entry) ? entry.spentMicroUsd : entry.overageMicroUsd), 0);
        const over = month.spentMicroUsd - excused - limit - carriedInMicroUsd;
        return over > 0 ? [`${budgetId} by ${String(over)} micro-USD`] : [];
      });
  });
}

// A charge that asks nobody, and one that came when its hold was no more.
function isExcused({ isLate, heldMicroUsd, kind }: Ledger['entries'][number]): boolean {
  return isLate || (kind === 'charge' && heldMicroUsd === 0);
}

function alertsIn({ budgets, ledger, told }: Records) {
  const ids = new Map<string, Set<string>>();
  const taken = new Set<string>();
  for (const { budgetId, id, crossings, wasTaken } of told) {
    for (const { window, kind, window_start: start, threshold } of crossings) {
      const crossing = `${budgetId} ${kind} ${window} ${String(Date.parse(start))} ${String(threshold)}`;
      ids.set(crossing, (ids.get(crossing) ?? new Set()).add(id));
      if (wasTaken) taken.add(crossing);
    }
  }
  const due = budgets
    .filter(({ budgetId }) => budgetId !== MOVING)
    .flatMap(({ budgetId, limits }) =>
      ledger.balances
        .filter((row) => row.budgetId === budgetId)
        .flatMap(({ month, period, carriedInMicroUsd }) =>
          [0.5, 0.75, 0.9, 1]
            .filter((threshold) => month.spentMicroUsd >= threshold * ((limits.monthlyMicroUsd ?? Infinity) + carriedInMicroUsd))
            .map((threshold) => `${budgetId} cost month ${String(period.start)} ${String(threshold)}`),
        ),
    );
  return {
    lostAlerts: due.filter((crossing) => !taken.has(crossing)),
    repeatedAlerts: [...ids].filter(([, all]) => all.size > 1).map(([crossing, all]) => `${crossing}: ${[...all].join(' ')}`),
  };
}

function add(sums: Map<string, number>, name: string, amount: number): void {
  sums.set(name, (sums.get(name) ?? 0) + amount);
}
