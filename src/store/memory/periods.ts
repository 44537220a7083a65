import type { Period } from '../../domain/balance';
import { capped, type MicroUsd } from '../../domain/money';
import type { BudgetReference, ZoneInUse } from '../../contract/payloads/reset';
import type { Shelf } from './memory-store';

export function zonesOf(shelves: readonly Shelf[]): ZoneInUse[] {
  const anchorDays = new Map<string, Set<number>>();
  const daysOf = (timeZone: string) => {
    const days = anchorDays.get(timeZone) ?? new Set<number>();
    anchorDays.set(timeZone, days);
    return days;
  };
  for (const { balances, budgets } of shelves) {
    for (const { timeZone, closedAt } of [...balances.values()].flat()) if (closedAt === null) daysOf(timeZone);
    for (const { timeZone, anchorDay } of budgets.values()) daysOf(timeZone).add(anchorDay);
  }
  return [...anchorDays]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([timeZone, days]) => ({ timeZone, anchorDays: [...days].sort((a, b) => a - b) }));
}

export function closableOf(
  shelves: ReadonlyMap<string, Shelf>,
  timeZone: string,
  at: number,
  after: BudgetReference | null,
): BudgetReference[] {
  const isClosable = (row: { timeZone: string; closedAt: number | null; period: Period }) =>
    row.timeZone === timeZone && row.closedAt === null && row.period.end <= at;
  return [...shelves]
    .flatMap(([organizationId, { balances }]) =>
      [...balances].filter(([, rows]) => rows.some(isClosable)).map(([budgetId]) => ({ organizationId, budgetId })),
    )
    .filter((found) => after === null || compare(found, after) > 0)
    .sort(compare);
}

/** Whether a budget's month that contains `at` ended by `before`, and is closed. */
export function isClosedAt({ balances }: Pick<Shelf, 'balances'>, budgetId: string, at: number, before: number): boolean {
  const month = balances.get(budgetId)?.find(({ period }) => period.start <= at && at < period.end);
  return month !== undefined && month.closedAt !== null && month.period.end <= before;
}

export function chargedOf({ entries }: Pick<Shelf, 'entries'>, budgetId: string, { start, end }: Period): MicroUsd {
  const charged = entries.filter((entry) => entry.budgetId === budgetId && start <= entry.at && entry.at < end);
  return capped(charged.reduce((sum, { spentMicroUsd }) => sum + spentMicroUsd, 0));
}

function compare(a: BudgetReference, b: BudgetReference): number {
  if (a.organizationId !== b.organizationId) return a.organizationId < b.organizationId ? -1 : 1;
  return a.budgetId === b.budgetId ? 0 : a.budgetId < b.budgetId ? -1 : 1;
}
