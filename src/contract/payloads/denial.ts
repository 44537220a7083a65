import { DenialCode, type Denial } from '../../domain/decision';
import { toUsd, type MicroUsd } from '../../domain/money';
import type { Scope, ScopeLevel } from '../../domain/scope';

/** A denial as JSON. Amounts are USD for the cost codes and counts for the execution codes; resetsAt is ISO 8601. */
export interface DenialPayload {
  readonly code: DenialCode;
  readonly budgetId: string | null;
  readonly scope: Scope;
  readonly level: ScopeLevel;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  readonly requested: number;
  readonly available: number;
  readonly resetsAt: string | null;
  readonly reason: string;
}

export function denialPayload(denial: Denial): DenialPayload {
  const isCost = denial.code === DenialCode.monthlyCost || denial.code === DenialCode.dailyCost || denial.code === DenialCode.noBudget;
  const shown = (amount: number) => (isCost ? toUsd(amount as MicroUsd) : amount);
  return {
    ...denial,
    limit: shown(denial.limit),
    spent: shown(denial.spent),
    held: shown(denial.held),
    requested: shown(denial.requested),
    available: shown(denial.available),
    resetsAt: denial.resetsAt === null ? null : new Date(denial.resetsAt).toISOString(),
  };
}
