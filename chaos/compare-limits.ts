import type { StoredEntry } from '../src/domain/ledger';
import { MOVING } from './budgets';
import type { Records } from './records';
import type { Step } from './witness';

type BalanceStep = Extract<Step, { what: 'balance' }>;

/**
 * In each transaction that granted something of a hard budget, all that was spent and held in the end fitted its limit and carry-over, but for
 * what the same transaction charged, which may have come after. What was granted is what holds grew by beyond what entries took from them: a
 * reserve and a top-up are no entries. Nothing else is excused: what a call cost above its hold, or without one, is there at the next grant.
 */
export function overspentIn({ budgets, ledger, witnessed, landed }: Records): string[] {
  const { steps, transactions } = witnessed;
  const hard = new Set(budgets.filter(({ mode }) => mode === 'hard').map(({ budgetId }) => budgetId));
  const found: string[] = [];
  const rows = new Map<string, BalanceStep>();
  const limits = new Map<string, number>();
  const written = new Map<string, StoredEntry[]>();
  for (const entry of ledger.entries) {
    const place = `${transactions.get(entry.entryId) ?? ''} ${rowOf(entry)}`;
    written.set(place, [...(written.get(place) ?? []), entry]);
  }
  for (const group of transactionsIn(steps)) {
    // What is decided together is decided before or after a limit that is set with it.
    const limitsBefore = new Map(limits);
    for (const step of group) if (step.what === 'limit') limits.set(step.budgetId, step.limitMicroUsd ?? Infinity);
    for (const [row, step] of lastOfEachRow(group)) {
      const before = rows.get(row);
      rows.set(row, step);
      if (!hard.has(step.budgetId)) continue;
      const entries = written.get(`${step.transaction} ${row}`) ?? [];
      const granted = step.heldMicroUsd - (before?.heldMicroUsd ?? 0) - sum(entries.map(({ heldMicroUsd }) => heldMicroUsd));
      const charged = sum(entries.map(({ spentMicroUsd }) => Math.max(0, spentMicroUsd)));
      const limit = Math.max(limitsBefore.get(step.budgetId) ?? 0, limits.get(step.budgetId) ?? 0);
      const carried = Math.max(before?.carriedInMicroUsd ?? 0, step.carriedInMicroUsd);
      const over = step.spentMicroUsd - charged + step.heldMicroUsd - limit - carried;
      if (granted > 0 && over > 0) found.push(`${row} by ${String(over)} micro-USD`);
    }
  }
  const set = new Set(steps.filter((step) => step.what === 'limit' && step.budgetId === MOVING).map((step) => limitOf(step)));
  for (const limit of landed) if (!set.has(limit)) found.push(`${MOVING}: ${String(limit)} was answered, and never set`);
  return found;
}

function rowOf({ budgetId, periodStart }: Pick<BalanceStep, 'budgetId' | 'periodStart'> | StoredEntry): string {
  return `${String(budgetId)} ${String(periodStart)}`;
}

function limitOf(step: Step): number | null {
  return step.what === 'limit' ? step.limitMicroUsd : null;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, one) => all + one, 0);
}

function lastOfEachRow(group: readonly Step[]): Map<string, BalanceStep> {
  return new Map(group.flatMap((step) => (step.what === 'balance' ? [[rowOf(step), step] as const] : [])));
}

function transactionsIn(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.[0]?.transaction === step.transaction) last.push(step);
    else groups.push([step]);
  }
  return groups;
}
