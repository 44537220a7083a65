import { costLimitOf, countersOf, executionLimitOf, shareOf, WINDOWS } from './cost-limit';
import type { Account, DecisionRequest, Denial, Grant } from './decision';
import { budgetWarning, DEGRADED, degradedWarning, WITHIN_BUDGET, type Window } from './messages';
import { add, type MicroUsd } from './money';
import { leastOf, standingOf } from './standing';

/** Allows the call, with what its caller should know. A soft denial degrades it, and its reason is the denial's. */
export function grant(accounts: readonly Account[], request: DecisionRequest, softDenial: Denial | null): Grant {
  const usages = accounts.flatMap((account) => usagesOf(account, request.estimateMicroUsd));
  const degradedAt = [
    ...usages.filter(({ degrades }) => degrades).map(({ before }) => before),
    ...(softDenial === null ? [] : [shareOf(softDenial.spent + softDenial.held, softDenial.limit)]),
  ];
  return {
    status: 'granted',
    reason: softDenial?.reason ?? (degradedAt.length === 0 ? WITHIN_BUDGET : DEGRADED),
    isDegraded: degradedAt.length > 0,
    isUnbudgeted: false,
    // Degraded is the graver text, so it hides a warning.
    warningMessage: degradedAt.length > 0 ? degradedWarning(Math.max(...degradedAt)) : warningOf(usages),
    ...standingOf(accounts),
    remainingExecutions: leastOf(accounts.flatMap((account) => executionsLeft(account, request.executions))),
    softDenial,
  };
}

interface Usage {
  readonly window: Window;
  readonly before: number;
  readonly withCall: number;
  readonly warns: boolean;
  readonly degrades: boolean;
}

function usagesOf(account: Account, estimateMicroUsd: MicroUsd): Usage[] {
  const { warningThreshold, degradationThreshold } = account.budget;
  return WINDOWS.flatMap((window) => {
    const limit = costLimitOf(account, window);
    if (limit === null) return [];
    const before = shareOf(limit.usedMicroUsd, limit.baseMicroUsd);
    const withCall = shareOf(add(limit.usedMicroUsd, estimateMicroUsd), limit.baseMicroUsd);
    return [{ window, before, withCall, warns: withCall >= warningThreshold, degrades: before >= degradationThreshold }];
  });
}

function warningOf(usages: readonly Usage[]): string | null {
  const [highest] = usages.filter(({ warns }) => warns).sort((a, b) => b.withCall - a.withCall);
  return highest === undefined ? null : budgetWarning(highest.window, highest.withCall);
}

function executionsLeft(account: Account, executions: number): number[] {
  return WINDOWS.flatMap((window) => {
    const limit = executionLimitOf(account, window);
    return limit === null ? [] : [Math.max(0, limit - countersOf(account, window).executions - executions)];
  });
}
