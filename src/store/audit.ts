import type { BudgetStore } from './budget-store';

/** What one balance says, beside what the entries, holds and attempts behind it add up to. Micro-USD and counts. */
export interface AuditFigures {
  readonly budgetId: string;
  readonly periodStart: number;
  readonly balance: Sums;
  readonly proof: Sums;
  /** What the attempts say was charged: a third witness beside balance and entries. */
  readonly attemptsMicroUsd: number;
}

/** spent is proven by entries, held by open holds, executions by the lines that holds count in. */
export interface Sums {
  readonly spentMicroUsd: number;
  readonly heldMicroUsd: number;
  readonly executions: number;
  readonly daySpentMicroUsd: number;
  readonly dayHeldMicroUsd: number;
  readonly dayExecutions: number;
}

export interface Difference {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly periodStart: number;
  readonly what: keyof Sums | 'attemptsMicroUsd';
  readonly balance: number;
  readonly proven: number;
}

/** Proves an organization's balances by their entries and holds. No difference is an empty list. */
export async function audit(store: Pick<BudgetStore, 'auditFigures'>, organizationId: string): Promise<readonly Difference[]> {
  const figures = await store.auditFigures(organizationId);
  return figures.flatMap((row) => differencesOf(row).map((difference) => ({ organizationId, ...difference })));
}

function differencesOf({ budgetId, periodStart, balance, proof, attemptsMicroUsd }: AuditFigures): Omit<Difference, 'organizationId'>[] {
  const sums = (Object.keys(balance) as (keyof Sums)[]).map((what) => ({ what, balance: balance[what], proven: proof[what] }));
  const all = [...sums, { what: 'attemptsMicroUsd' as const, balance: balance.spentMicroUsd, proven: attemptsMicroUsd }];
  return all.filter((row) => row.balance !== row.proven).map((row) => ({ budgetId, periodStart, ...row }));
}
