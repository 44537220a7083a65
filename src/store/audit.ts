import type { Balance } from '../domain/balance';
import { carryOver } from '../domain/carry-over';
import type { BudgetStore } from './budget-store';

/** A balance, beside what the entries, holds and attempts behind it add up to. */
export interface AuditFigures {
  readonly balance: Balance;
  readonly proof: Sums;
  /** What the attempts say was charged: a third witness beside balance and entries. */
  readonly attemptsMicroUsd: number;
}

/**
 * Micro-USD and counts. spent, and what of it came in the period's first half or late, is proven by entries, held by open
 * holds, executions by the lines that holds count in.
 */
export interface Sums {
  readonly spentMicroUsd: number;
  readonly heldMicroUsd: number;
  readonly executions: number;
  readonly midwayMicroUsd: number;
  readonly lateMicroUsd: number;
  readonly daySpentMicroUsd: number;
  readonly dayHeldMicroUsd: number;
  readonly dayExecutions: number;
}

export interface Difference {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly periodStart: number;
  readonly what: keyof Sums | 'attemptsMicroUsd' | 'carriedInMicroUsd';
  readonly balance: number;
  readonly proven: number;
}

/** Proves an organization's balances by their entries and holds, and what they carry by the periods before. No difference is an empty list. */
export async function audit(store: Pick<BudgetStore, 'auditFigures'>, organizationId: string): Promise<readonly Difference[]> {
  const figures = await store.auditFigures(organizationId);
  return figures.flatMap((row, index) => {
    const { budgetId, period } = row.balance;
    const found = [...sumDifferences(row), ...carryDifference(row.balance, figures[index - 1]?.balance)];
    return found.map((difference) => ({ organizationId, budgetId, periodStart: period.start, ...difference }));
  });
}

type Found = Pick<Difference, 'what' | 'balance' | 'proven'>;

function sumDifferences({ balance, proof, attemptsMicroUsd }: AuditFigures): Found[] {
  const sums = sumsOf(balance);
  const all: Found[] = (Object.keys(sums) as (keyof Sums)[]).map((what) => ({ what, balance: sums[what], proven: proof[what] }));
  all.push({ what: 'attemptsMicroUsd', balance: sums.spentMicroUsd, proven: attemptsMicroUsd });
  return all.filter((row) => row.balance !== row.proven);
}

// Where the month before has no row, its limit is no longer known: what was carried is then the row's own word.
function carryDifference(balance: Balance, before: Balance | undefined): Found[] {
  const { budgetId, period, rolloverPercent, carriedInMicroUsd } = balance;
  if (before?.budgetId !== budgetId || before.period.end !== period.start) return [];
  const proven = carryOver(before, rolloverPercent);
  return carriedInMicroUsd === proven ? [] : [{ what: 'carriedInMicroUsd', balance: carriedInMicroUsd, proven }];
}

function sumsOf({ month, day, midwayMicroUsd, lateMicroUsd }: Balance): Sums {
  return {
    ...month,
    midwayMicroUsd,
    lateMicroUsd,
    daySpentMicroUsd: day.spentMicroUsd,
    dayHeldMicroUsd: day.heldMicroUsd,
    dayExecutions: day.executions,
  };
}
