import type { StoredEntry } from '../src/domain/ledger';
import { MOVING } from './budgets';
import type { Records } from './records';
import type { Step, Usage } from './witness';

type BalanceStep = Extract<Step, { what: 'balance' }>;
type Limits = Extract<Step, { what: 'limit' }>['limits'];

/** A month or a day of a budget, as a transaction left it. */
interface Row extends Usage {
  readonly name: string;
  readonly budgetId: string;
  readonly window: 'month' | 'day';
  readonly carriedInMicroUsd: number;
}

/**
 * In each transaction that granted something of a hard budget, all that was spent and held in the end fitted its limit and carry-over, but for
 * what the same transaction charged, which may have come after; and so did the executions. What was granted is what holds grew by beyond what
 * entries took from them: a reserve and a top-up are no entries. Nothing else is excused: what a call cost above its hold, or without one, is
 * there at the next grant. Of executions, a grant beside a release is not seen. Of days, holds must not be topped up in a later one, as those
 * of runs may be: then what an entry takes from them is the month's.
 */
export function overspentIn({ budgets, ledger, witnessed, landed }: Records): string[] {
  const { steps, transactions } = witnessed;
  const hard = new Set(budgets.filter(({ mode }) => mode === 'hard').map(({ budgetId }) => budgetId));
  const found: string[] = [];
  const rows = new Map<string, Row>();
  const limits = new Map<string, Limits>();
  const written = new Map<string, StoredEntry[]>();
  for (const entry of ledger.entries) {
    for (const name of namesOf(entry)) {
      const place = `${transactions.get(entry.entryId) ?? ''} ${name}`;
      written.set(place, [...(written.get(place) ?? []), entry]);
    }
  }
  for (const group of transactionsIn(steps)) {
    // What is decided together is decided before or after a limit that is set with it.
    const limitsBefore = new Map(limits);
    for (const step of group) if (step.what === 'limit') limits.set(step.budgetId, step.limits);
    for (const row of lastOfEachRow(group)) {
      const before = rows.get(row.name);
      rows.set(row.name, row);
      if (!hard.has(row.budgetId)) continue;
      const entries = written.get(`${group[0]?.transaction ?? ''} ${row.name}`) ?? [];
      const unasked = entries.filter(({ kind, key }) => kind === 'charge' && ledger.holds.get(key)?.decision === null).length;
      const sides = [limitsBefore.get(row.budgetId), limits.get(row.budgetId)];
      for (const over of [costOver(row, before, entries, sides), executionsOver(row, before, unasked, sides)]) {
        if (over !== null) found.push(`${row.name} by ${over}`);
      }
    }
  }
  const set = new Set(steps.flatMap((step) => (step.what === 'limit' && step.budgetId === MOVING ? [step.limits.monthlyMicroUsd] : [])));
  for (const limit of landed) if (!set.has(limit)) found.push(`${MOVING}: ${String(limit)} was answered, and never set`);
  return found;
}

type Sides = readonly (Limits | undefined)[];

function costOver(row: Row, before: Row | undefined, entries: readonly StoredEntry[], sides: Sides): string | null {
  const granted = row.heldMicroUsd - (before?.heldMicroUsd ?? 0) - sum(entries.map(({ heldMicroUsd }) => heldMicroUsd));
  const charged = sum(entries.map(({ spentMicroUsd }) => Math.max(0, spentMicroUsd)));
  const limit = highest(sides, row.window === 'month' ? 'monthlyMicroUsd' : 'dailyMicroUsd');
  const carried = row.window === 'month' ? Math.max(before?.carriedInMicroUsd ?? 0, row.carriedInMicroUsd) : 0;
  const over = row.spentMicroUsd - charged + row.heldMicroUsd - limit - carried;
  return granted > 0 && over > 0 ? `${String(over)} micro-USD` : null;
}

/** `unasked` were charged without a reserve: they count, and ask for nothing. */
function executionsOver(row: Row, before: Row | undefined, unasked: number, sides: Sides): string | null {
  const granted = row.executions - (before?.executions ?? 0) - unasked;
  const over = row.executions - unasked - highest(sides, row.window === 'month' ? 'monthlyExecutions' : 'dailyExecutions');
  return granted > 0 && over > 0 ? `${String(over)} executions` : null;
}

/** Null is no limit; before a budget is there, nothing is granted. */
function highest(sides: Sides, name: keyof Limits): number {
  return Math.max(...sides.map((limits) => (limits === undefined ? 0 : (limits[name] ?? Infinity))));
}

function namesOf({
  budgetId,
  periodStart,
  dayStart,
}: Pick<StoredEntry, 'budgetId' | 'periodStart' | 'dayStart'>): [month: string, day: string] {
  const period = `${String(budgetId)} ${String(periodStart)}`;
  return [`${period} month`, `${period} day ${String(dayStart)}`];
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, one) => all + one, 0);
}

/** In the order of their first writes. */
function lastOfEachRow(group: readonly Step[]): Row[] {
  const rows = group.flatMap((step) => (step.what === 'balance' ? rowsOf(step) : []));
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}

function rowsOf({ budgetId, month, day, carriedInMicroUsd }: BalanceStep): Row[] {
  const [monthName, dayName] = namesOf({ budgetId, periodStart: month.start, dayStart: day.start });
  return [
    { ...month, name: monthName, budgetId, window: 'month', carriedInMicroUsd },
    { ...day, name: dayName, budgetId, window: 'day', carriedInMicroUsd },
  ];
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
