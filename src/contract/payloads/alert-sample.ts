import { ALERT_DEFAULTS, type BudgetAlertConfig } from '../../domain/alert-config';
import type { Balance } from '../../domain/balance';
import type { Budget } from '../../domain/budget';
import { shareOf } from '../../domain/cost-limit';
import { accountAt } from '../../domain/ledger/account';
import { happeningOf } from '../../domain/ledger/crossings';
import type { AlertMessage } from './alert';
import { alertMessage } from './alert-message';

/** A message as a budget would send it now: its own figures, and the highest threshold that they reach, or else the first. */
export function sampleAlert(id: string, budget: Budget, balances: readonly Balance[], config: BudgetAlertConfig, at: number): AlertMessage {
  const about = happeningOf(accountAt({ balances: () => balances }, budget, at), 'month', 'cost');
  const { spentMicroUsd, limitMicroUsd } = about.month;
  const usage = limitMicroUsd === null ? 0 : shareOf(spentMicroUsd, limitMicroUsd);
  const thresholds = config.thresholds.length === 0 ? ALERT_DEFAULTS.thresholds : config.thresholds;
  const threshold = thresholds.findLast((share) => share <= usage) ?? thresholds[0] ?? 1;
  const { budgetId, scope } = budget;
  const crossing = { ...about, what: 'crossing' as const, threshold, sequence: 0, at, usage, reason: null, agentId: scope.agentId };
  return { ...alertMessage({ id, budgetId, scope, happenings: [crossing], isDigest: false }), isTest: true };
}
