import type { Balance, Period } from './balance';
import { carryOver } from './carry-over';
import { shareOf } from './cost-limit';
import { add, capped, type MicroUsd } from './money';

/** A closed period of a budget. Its amounts equal its ledger entries at all times: late charges raise spent and late alike. */
export interface Statement {
  readonly budgetId: string;
  readonly period: Period;
  readonly timeZone: string;
  readonly closedAt: number;
  /** As last set before the period ended; null is unlimited. */
  readonly limitMicroUsd: MicroUsd | null;
  /** The most that temporary raises added to the limit. */
  readonly raisedMicroUsd: MicroUsd;
  readonly carriedInMicroUsd: MicroUsd;
  /** What the next period was handed. */
  readonly carriedOutMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  /** Of holds that have not settled yet; what they cost will be late. */
  readonly heldMicroUsd: MicroUsd;
  readonly executions: number;
  /** The highest that spent and held together were; as a share of limit and carry-over, null where there is no limit. */
  readonly peakMicroUsd: MicroUsd;
  readonly peakUsage: number | null;
  /** What of spent was charged after the period had ended; below 0 where a late cost lowered what had been assumed. */
  readonly lateMicroUsd: MicroUsd;
  /** What the first half of the period let expect: twice what was charged in it. */
  readonly forecastMicroUsd: MicroUsd;
}

/** The statement of a row that was closed; null for one that was not. `next` is the row that follows it, if there is one. */
export function statementOf(balance: Balance, next: Balance | undefined): Statement | null {
  const { budgetId, period, timeZone, closedAt, limitMicroUsd, carriedInMicroUsd, month, peakMicroUsd } = balance;
  if (closedAt === null) return null;
  return {
    budgetId,
    period,
    timeZone,
    closedAt,
    limitMicroUsd,
    raisedMicroUsd: balance.raisedMicroUsd,
    carriedInMicroUsd,
    carriedOutMicroUsd: carryOver(balance, next?.rolloverPercent ?? 0),
    ...month,
    peakMicroUsd,
    peakUsage: limitMicroUsd === null ? null : shareOf(peakMicroUsd, add(limitMicroUsd, carriedInMicroUsd)),
    lateMicroUsd: balance.lateMicroUsd,
    forecastMicroUsd: capped(2 * balance.midwayMicroUsd),
  };
}

/** The statements among a budget's rows, the oldest first. */
export function statementsOf(balances: readonly Balance[]): Statement[] {
  return balances.flatMap((balance, index) => statementOf(balance, balances[index + 1]) ?? []);
}
