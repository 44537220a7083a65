import { costLimitOf, countersOf, executionLimitOf, shareOf, WINDOWS } from './cost-limit';
import type { Account, DecisionRequest, Denial, Grant } from './decision';
import { budgetWarning, DEGRADED, degradedWarning, WITHIN_BUDGET, type Window } from './messages';
import { add, type MicroUsd } from './money';
import { lesser, standingOf } from './standing';

/** Allows the call, with what its caller should know. A soft denial degrades it, and its reason is the denial's. */
export function grant(accounts: readonly Account[], request: DecisionRequest, softDenial: Denial | null): Grant {
  const { degrading, warning } = noteworthyOf(accounts, request.estimateMicroUsd);
  const denied = softDenial === null ? null : shareOf(softDenial.spent + softDenial.held, softDenial.limit);
  const degradedAt = greater(degrading, denied);
  const { usage, remainingMicroUsd } = standingOf(accounts);
  return {
    status: 'granted',
    reason: softDenial?.reason ?? (degradedAt === null ? WITHIN_BUDGET : DEGRADED),
    isDegraded: degradedAt !== null,
    isUnbudgeted: false,
    // Degraded is the graver text, so it hides a warning.
    warningMessage: degradedAt === null ? warning && budgetWarning(warning.window, warning.withCall) : degradedWarning(degradedAt),
    usage,
    remainingMicroUsd,
    remainingExecutions: executionsLeft(accounts, request.executions),
    softDenial,
  };
}

interface Noteworthy {
  /** The highest usage before the call of those that degrade it. */
  readonly degrading: number | null;
  /** The highest usage with the call of those that warn. */
  readonly warning: { readonly window: Window; readonly withCall: number } | null;
}

function noteworthyOf(accounts: readonly Account[], estimateMicroUsd: MicroUsd): Noteworthy {
  let degrading: Noteworthy['degrading'] = null;
  let warning: Noteworthy['warning'] = null;
  for (const account of accounts) {
    const { warningThreshold, degradationThreshold } = account.budget;
    for (const window of WINDOWS) {
      const limit = costLimitOf(account, window);
      if (limit === null) continue;
      const before = shareOf(limit.usedMicroUsd, limit.baseMicroUsd);
      if (before >= degradationThreshold) degrading = greater(degrading, before);
      const withCall = shareOf(add(limit.usedMicroUsd, estimateMicroUsd), limit.baseMicroUsd);
      if (withCall >= warningThreshold && (warning === null || withCall > warning.withCall)) warning = { window, withCall };
    }
  }
  return { degrading, warning };
}

function executionsLeft(accounts: readonly Account[], executions: number): number | null {
  let least: number | null = null;
  for (const account of accounts) {
    for (const window of WINDOWS) {
      const limit = executionLimitOf(account, window);
      if (limit !== null) least = lesser(least, Math.max(0, limit - countersOf(account, window).executions - executions));
    }
  }
  return least;
}

function greater(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}
