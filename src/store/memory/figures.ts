import type { Balance } from '../../domain/balance';
import { isFirstHalf } from '../../domain/forecast';
import type { Line } from '../../domain/ledger';
import type { AuditFigures, Sums } from '../audit';
import type { Shelf } from './memory-store';

/** Adds up, for every balance, the entries, holds and attempts that it should equal. */
export function figuresOf(shelf: Pick<Shelf, 'balances' | 'holds' | 'entries'>): readonly AuditFigures[] {
  return [...shelf.balances.values()].flat().map((balance) => ({
    balance,
    proof: proofOf(shelf, balance),
    attemptsMicroUsd: attemptsOf(shelf, balance),
  }));
}

function proofOf(shelf: Pick<Shelf, 'holds' | 'entries'>, balance: Balance): Sums {
  const isHere = (line: { budgetId: string | null; periodStart: number | null }) =>
    line.budgetId === balance.budgetId && line.periodStart === balance.period.start;
  const isToday = (line: { dayStart: number | null }) => line.dayStart === balance.day.start;
  const holds = [...shelf.holds.values()];
  const entries = shelf.entries.filter(isHere);
  const held = holds.flatMap((hold) => hold.lines.filter(isHere).map((line) => ({ ...line, heldMicroUsd: hold.heldMicroUsd })));
  const counted = holds.flatMap((hold) => hold.counted.filter(isHere));
  return {
    spentMicroUsd: sum(entries, (entry) => entry.spentMicroUsd),
    heldMicroUsd: sum(held, (line) => line.heldMicroUsd),
    executions: counted.length,
    midwayMicroUsd: sum(
      entries.filter(({ at }) => isFirstHalf(balance.period, at)),
      (entry) => entry.spentMicroUsd,
    ),
    lateMicroUsd: sum(
      entries.filter(({ at }) => at >= balance.period.end),
      (entry) => entry.spentMicroUsd,
    ),
    daySpentMicroUsd: sum(entries.filter(isToday), (entry) => entry.spentMicroUsd),
    dayHeldMicroUsd: sum(held.filter(isToday), (line) => line.heldInDayMicroUsd),
    dayExecutions: counted.filter(isToday).length,
  };
}

function attemptsOf(shelf: Pick<Shelf, 'holds'>, balance: Balance): number {
  const isHere = (line: Line) => line.budgetId === balance.budgetId && line.periodStart === balance.period.start;
  const charged = [...shelf.holds.values()].flatMap((hold) => hold.attempts.filter((attempt) => attempt.lines.some(isHere)));
  return sum(charged, (attempt) => attempt.chargedMicroUsd);
}

function sum<Row>(rows: readonly Row[], amountOf: (row: Row) => number): number {
  return rows.reduce((total, row) => total + amountOf(row), 0);
}
