import { ALERT_DEFAULTS, assertAlertConfig } from './alert-config';
import type { Budget, Limits, OrganizationPolicy, TemporaryRaise } from './budget';
import { InvalidAmount, invalidField } from './errors';
import { assertAnchorDay, assertTimeZone, LAST_INSTANT } from './period';
import { assertId } from './scope';

const MOST_ROLLOVER_PERCENT = 25;
const LIMIT_NAMES = [
  'monthlyMicroUsd',
  'dailyMicroUsd',
  'monthlyExecutions',
  'dailyExecutions',
] as const satisfies readonly (keyof Limits)[];

/** Refuses a budget that could not be kept, by name: InvalidRequest or InvalidAmount. null is unlimited, 0 is a limit. */
export function assertBudget({ budgetId, scope, limits, ...budget }: Budget): void {
  assertId('budgetId', budgetId);
  assertId('organizationId', scope.organizationId);
  for (const field of ['teamId', 'userId', 'agentId'] as const) {
    const id = scope[field];
    if (id !== null) assertId(field, id);
  }
  for (const [name, limit] of Object.entries(limits) as [string, number | null][]) {
    if (limit === null || (Number.isSafeInteger(limit) && limit >= 0)) continue;
    throw new InvalidAmount(`${name} must be null (unlimited) or a whole number >= 0, not ${String(limit)}`, name);
  }
  assertOneOf('mode', budget.mode, ['hard', 'soft']);
  assertTimeZone(budget.timeZone);
  assertAnchorDay(budget.anchorDay);
  for (const name of ['warningThreshold', 'degradationThreshold'] as const) {
    const share = budget[name];
    if (Number.isFinite(share) && share > 0) continue;
    throw invalidField(name, `must be a share of the limit over 0, not ${String(share)}`);
  }
  assertWhole('rolloverPercent', budget.rolloverPercent, MOST_ROLLOVER_PERCENT);
  if (budget.raise !== null) assertRaise(budget.raise);
  assertAlertConfig(budget.alerts);
  assertFits(limits, budget);
}

// What carry-over and raises may add must not make every later reserve fail.
function assertFits(limits: Limits, { rolloverPercent, raise }: Pick<Budget, 'rolloverPercent' | 'raise'>): void {
  for (const name of LIMIT_NAMES) {
    const limit = limits[name] ?? 0;
    const carried = name === 'monthlyMicroUsd' ? Math.ceil((limit * rolloverPercent) / 100) : 0;
    if (limit + carried + (raise?.[name] ?? 0) <= Number.MAX_SAFE_INTEGER) continue;
    throw new InvalidAmount(`${name} with what raise and rollover may add to it is past 2^53`, name);
  }
}

function assertRaise({ until, ...raise }: TemporaryRaise): void {
  for (const name of LIMIT_NAMES) {
    const by = raise[name];
    if (Number.isSafeInteger(by) && by >= 0) continue;
    throw new InvalidAmount(`raise.${name} must be a whole number >= 0, not ${String(by)}`, `raise.${name}`);
  }
  if (until !== null) assertWhole('raise.until', until, LAST_INSTANT);
}

function assertWhole(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw invalidField(name, `must be a whole number from 0 to ${String(most)}, not ${String(value)}`);
}

export function assertPolicy(policy: OrganizationPolicy): void {
  assertOneOf('noBudget', policy.noBudget, ['allow', 'deny']);
  assertOneOf('unconfirmedCost', policy.unconfirmedCost, ['estimate', 'zero']);
  assertOneOf('failedCost', policy.failedCost, ['estimate', 'zero']);
  assertAlertConfig(policy.alerts);
  for (const name of Object.keys(ALERT_DEFAULTS)) {
    if (!(name in policy.alerts)) throw invalidField(`alerts.${name}`, 'must be there');
  }
  assertRequires(policy.requires);
}

// Plain JavaScript may misspell one, or leave one out: that would require nothing, and say nothing.
function assertRequires(requires: unknown): void {
  const fields = typeof requires === 'object' && requires !== null ? Object.entries(requires) : [];
  const isTold = ([name, value]: [string, unknown]) => ['teamId', 'userId'].includes(name) && typeof value === 'boolean';
  if (fields.length === 2 && fields.every(isTold)) return;
  throw invalidField('requires', 'must have teamId and userId, each true or false');
}

function assertOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw invalidField(name, `must be one of ${allowed.join(', ')}`);
}
