import { forecast } from '../../domain/forecast';
import type { Figures, Happening } from '../../domain/ledger';
import { toUsd } from '../../domain/money';
import type { Scope } from '../../domain/scope';
import type { AlertedWindow, AlertEvent, AlertMessage, CrossingPayload } from './alert';
import { isoOf, usdOrNull } from './statement';

/** What a message is made of: one happening at least, all of one budget, in the order in which they happened. */
export interface AlertContents {
  readonly id: string;
  readonly budgetId: string;
  readonly scope: Scope;
  readonly happenings: readonly Happening[];
  readonly isDigest: boolean;
}

/** One message of all that happened, with the figures of the gravest one's month and day, as they stood last. */
export function alertMessage({ id, budgetId, scope, happenings, isDigest }: AlertContents): AlertMessage {
  const gravest = [...happenings].sort((a, b) => gravityOf(b) - gravityOf(a))[0];
  if (gravest === undefined) throw new Error(`Alert ${id} tells of nothing`);
  const ofMonth = happenings.findLast(({ month }) => month.start === gravest.month.start) ?? gravest;
  const ofDay = happenings.findLast(({ day }) => day.start === gravest.day.start) ?? gravest;
  return {
    id,
    event: eventOf(gravest),
    organizationId: scope.organizationId,
    budgetId,
    scope,
    agentId: scope.agentId ?? gravest.agentId,
    timestamp: isoOf(gravest.at),
    month: alertedWindow(ofMonth.month),
    day: alertedWindow(ofDay.day),
    crossings: happenings.filter(({ what }) => what === 'crossing').map(crossingPayload),
    denials: denialsOf(happenings),
    closed: closedOf(happenings),
    forecastUsd: usdOrNull(forecast(ofMonth.month.spentMicroUsd, ofMonth.month, ofMonth.at)),
    isDigest,
    isTest: false,
  };
}

function eventOf({ what, threshold }: Happening): AlertEvent {
  if (what === 'crossing') return threshold >= 1 ? 'budget.exhausted' : 'budget.warning';
  return what === 'denied' ? 'budget.denied' : 'budget.reset';
}

// Of two thresholds the higher one.
function gravityOf(happening: Happening): number {
  const rank = { 'budget.exhausted': 3_000, 'budget.denied': 2_000, 'budget.warning': 1_000, 'budget.reset': 0 }[eventOf(happening)];
  return rank + happening.threshold;
}

function crossingPayload({ window, kind, windowStart, threshold, usage, at }: Happening): CrossingPayload {
  return { window, kind, windowStart: isoOf(windowStart), threshold, usage, at: isoOf(at) };
}

function denialsOf(happenings: readonly Happening[]): AlertMessage['denials'] {
  const denied = happenings.filter(({ what }) => what === 'denied');
  const last = denied.at(-1);
  if (last === undefined) return null;
  return { count: denied.reduce((sum, { count }) => sum + count, 0), reason: last.reason ?? '', window: last.window, kind: last.kind };
}

function closedOf(happenings: readonly Happening[]): AlertMessage['closed'] {
  const closed = happenings.findLast(({ what }) => what === 'reset')?.closed ?? null;
  if (closed === null) return null;
  const { start, end, spentMicroUsd, limitMicroUsd } = closed;
  return { start: isoOf(start), end: isoOf(end), spentUsd: toUsd(spentMicroUsd), limitUsd: usdOrNull(limitMicroUsd) };
}

function alertedWindow({ start, end, limitMicroUsd, spentMicroUsd, executions, executionLimit }: Figures): AlertedWindow {
  return {
    start: isoOf(start),
    resetsAt: isoOf(end),
    limitUsd: usdOrNull(limitMicroUsd),
    spentUsd: toUsd(spentMicroUsd),
    // Of what was committed, as the thresholds are: holds may still be released.
    remainingUsd: limitMicroUsd === null ? null : Math.max(0, limitMicroUsd - spentMicroUsd) / 1_000_000,
    usage: limitMicroUsd === null ? null : limitMicroUsd === 0 ? 1 : spentMicroUsd / limitMicroUsd,
    executions,
    executionLimit,
  };
}
