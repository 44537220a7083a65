import type { Balance } from '../../domain/balance';
import { isFirstHalf } from '../../domain/forecast';
import type { AuditFigures, Sums } from '../audit';
import type { Shelf } from './memory-store';

/** Adds up, for every balance, the entries, holds and attempts, and the sums of pruned ones, that it should equal. */
export function figuresOf(shelf: Pick<Shelf, 'balances' | 'holds' | 'entries' | 'summaries'>): readonly AuditFigures[] {
  return [...shelf.balances.values()].flat().map((balance) => ({
    balance,
    proof: proofOf(shelf, balance),
    attemptsMicroUsd: attemptsOf(shelf, balance),
  }));
}

function proofOf(shelf: Pick<Shelf, 'holds' | 'entries' | 'summaries'>, balance: Balance): Sums {
  const isHere = (line: { budgetId: string | null; periodStart: number | null }) =>
    line.budgetId === balance.budgetId && line.periodStart === balance.period.start;
  const isToday = (line: { dayStart: number | null }) => line.dayStart === balance.day.start;
  const holds = [...shelf.holds.values()];
  const summaries = shelf.summaries.filter(isHere);
  const pruned = (what: SummedUp, rows = summaries) => sum(rows, (row) => row[what]);
  const prunedToday = (what: SummedUp) => pruned(what, summaries.filter(isToday));
  const entries = shelf.entries.filter(isHere);
  const held = holds.flatMap((hold) => hold.lines.filter(isHere).map((line) => ({ ...line, heldMicroUsd: hold.heldMicroUsd })));
  const counted = holds.flatMap((hold) => hold.counted.filter(isHere));
  return {
    spentMicroUsd: pruned('spentMicroUsd') + sum(entries, (entry) => entry.spentMicroUsd),
    heldMicroUsd: sum(held, (line) => line.heldMicroUsd),
    executions: pruned('executions') + counted.length,
    midwayMicroUsd:
      pruned('midwayMicroUsd') +
      sum(
        entries.filter(({ at }) => isFirstHalf(balance.period, at)),
        (entry) => entry.spentMicroUsd,
      ),
    lateMicroUsd:
      pruned('lateMicroUsd') +
      sum(
        entries.filter(({ at }) => at >= balance.period.end),
        (entry) => entry.spentMicroUsd,
      ),
    daySpentMicroUsd: prunedToday('spentMicroUsd') + sum(entries.filter(isToday), (entry) => entry.spentMicroUsd),
    dayHeldMicroUsd: sum(held.filter(isToday), (line) => line.heldInDayMicroUsd),
    dayExecutions: prunedToday('executions') + counted.filter(isToday).length,
  };
}

function attemptsOf(shelf: Pick<Shelf, 'holds' | 'summaries'>, balance: Balance): number {
  const isHere = (line: { budgetId: string | null; periodStart: number | null }) =>
    line.budgetId === balance.budgetId && line.periodStart === balance.period.start;
  const charged = [...shelf.holds.values()].flatMap((hold) => hold.attempts.filter((attempt) => attempt.lines.some(isHere)));
  const pruned = sum(shelf.summaries.filter(isHere), (row) => row.attemptsMicroUsd);
  return pruned + sum(charged, (attempt) => attempt.chargedMicroUsd);
}

type SummedUp = 'spentMicroUsd' | 'midwayMicroUsd' | 'lateMicroUsd' | 'executions';

function sum<Row>(rows: readonly Row[], amountOf: (row: Row) => number): number {
  return rows.reduce((total, row) => total + amountOf(row), 0);
}
