import { DenialCode, type Denial } from '../../domain/decision';
import { toUsd, type MicroUsd } from '../../domain/money';

/** A denial as JSON. Amounts are USD for the cost codes and counts for the execution codes; resetsAt is ISO 8601. */
export type DenialPayload = Omit<Denial, 'resetsAt'> & { readonly resetsAt: string | null };

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
