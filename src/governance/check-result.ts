import { denialPayload, type DenialPayload } from '../contract/payloads/denial';
import { usdOrNull } from '../contract/payloads/statement';
import type { Decision } from '../domain/decision';

/** How budgets answer a call: the figures are those before it. */
export interface BudgetCheckResult {
  readonly allowed: boolean;
  /** `Within budget`, `Budget in degraded mode`, `No budget applies`, or which limit is exceeded: also of a soft one, which allows. */
  readonly reason: string;
  /** USD: the least that any cost limit leaves, never below 0; null is unlimited. */
  readonly remainingBudgetUsd: number | null;
  /** The highest usage of the cost limits, a share: .78 is 78 %. 0 where none applies. */
  readonly usagePercentage: number;
  /** False on a denial, so that no branch on a warning lets a denied call pass. */
  readonly warningTriggered: boolean;
  readonly warningMessage: string | null;
  readonly degradedMode: boolean;
  /** No budget matches the call. */
  readonly isUnbudgeted: boolean;
  /** Why the call is denied; null where it is allowed. */
  readonly denial: DenialPayload | null;
  /** Where a budget in soft mode allowed the call: the denial of hard mode. */
  readonly softDenial: DenialPayload | null;
}

export function checkResult(decision: Decision): BudgetCheckResult {
  const remainingBudgetUsd = usdOrNull(decision.remainingMicroUsd);
  if (decision.status === 'denied') {
    const { denial, usage: usagePercentage } = decision;
    return { ...REFUSED, remainingBudgetUsd, usagePercentage, reason: denial.reason, denial: denialPayload(denial) };
  }
  const { reason, warningMessage, isDegraded, isUnbudgeted, softDenial } = decision;
  return {
    allowed: true,
    reason,
    remainingBudgetUsd,
    usagePercentage: decision.usage,
    warningTriggered: warningMessage !== null,
    warningMessage,
    degradedMode: isDegraded,
    isUnbudgeted,
    denial: null,
    softDenial: softDenial && denialPayload(softDenial),
  };
}

/** What all results have in common that do not allow. */
export const REFUSED = {
  allowed: false,
  warningTriggered: false,
  warningMessage: null,
  degradedMode: false,
  isUnbudgeted: false,
  denial: null,
  softDenial: null,
} as const satisfies Partial<BudgetCheckResult>;
