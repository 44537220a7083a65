import { toUsd, type MicroUsd } from '../../domain/money';
import type { Statement } from '../../domain/statement';

/** A closed period as JSON; see Statement for what each amount is. Instants are ISO 8601. */
export interface StatementPayload {
  readonly budgetId: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly timeZone: string;
  readonly closedAt: string;
  readonly limitUsd: number | null;
  readonly raisedUsd: number;
  readonly carriedInUsd: number;
  readonly carriedOutUsd: number;
  readonly spentUsd: number;
  readonly heldUsd: number;
  readonly executions: number;
  readonly peakUsd: number;
  readonly peakUsage: number | null;
  readonly lateUsd: number;
  readonly forecastUsd: number;
}

export function statementPayload(statement: Statement): StatementPayload {
  const { budgetId, period, timeZone, executions, peakUsage } = statement;
  return {
    budgetId,
    periodStart: isoOf(period.start),
    periodEnd: isoOf(period.end),
    timeZone,
    closedAt: isoOf(statement.closedAt),
    limitUsd: usdOrNull(statement.limitMicroUsd),
    raisedUsd: toUsd(statement.raisedMicroUsd),
    carriedInUsd: toUsd(statement.carriedInMicroUsd),
    carriedOutUsd: toUsd(statement.carriedOutMicroUsd),
    spentUsd: toUsd(statement.spentMicroUsd),
    heldUsd: toUsd(statement.heldMicroUsd),
    executions,
    peakUsd: toUsd(statement.peakMicroUsd),
    peakUsage,
    lateUsd: toUsd(statement.lateMicroUsd),
    forecastUsd: toUsd(statement.forecastMicroUsd),
  };
}

export function usdOrNull(amount: MicroUsd | null): number | null {
  return amount === null ? null : toUsd(amount);
}

export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}
