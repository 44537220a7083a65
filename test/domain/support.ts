import type { Counters } from '../../src/domain/balance';
import { BUDGET_DEFAULTS, DEFAULT_POLICY, type Budget, type OrganizationPolicy } from '../../src/domain/budget';
import { openBalance } from '../../src/domain/ledger/account';
import { decide, type Account, type Decision, type Denial, type Grant } from '../../src/domain/decision';
import { fromUsd, microUsd } from '../../src/domain/money';
import type { Scope } from '../../src/domain/scope';

export const usd = fromUsd;
export const MONTH_END = Date.UTC(2026, 1, 1);
export const DAY_END = Date.UTC(2026, 0, 16);

/** A budget and its balance, in USD. */
export interface AccountRow {
  readonly monthly?: number;
  readonly daily?: number;
  readonly monthlyExecutions?: number;
  readonly dailyExecutions?: number;
  readonly spent?: number;
  readonly held?: number;
  readonly spentToday?: number;
  readonly heldToday?: number;
  readonly carriedIn?: number;
  readonly executions?: number;
  readonly executionsToday?: number;
  readonly mode?: Budget['mode'];
  readonly budgetId?: string;
  readonly scope?: Partial<Scope>;
  readonly warningThreshold?: number;
}

export const CALL: Scope = { organizationId: 'acme', teamId: 'red', userId: 'ann', agentId: 'writer' };

const orNull = (amount: number | undefined) => (amount === undefined ? null : usd(amount));

export function accountOf(row: AccountRow): Account {
  const budget: Budget = {
    budgetId: row.budgetId ?? 'main',
    scope: { organizationId: 'acme', teamId: null, userId: null, agentId: null, ...row.scope },
    limits: {
      monthlyMicroUsd: orNull(row.monthly),
      dailyMicroUsd: orNull(row.daily),
      monthlyExecutions: row.monthlyExecutions ?? null,
      dailyExecutions: row.dailyExecutions ?? null,
    },
    ...BUDGET_DEFAULTS,
    mode: row.mode ?? 'hard',
    warningThreshold: row.warningThreshold ?? 0.75,
  };
  const month = counters(row.spent, row.held, row.executions);
  const day = counters(row.spentToday, row.heldToday, row.executionsToday);
  const start = Date.UTC(2026, 0, 1);
  const balance = {
    ...openBalance(budget, start, []),
    period: { start, end: MONTH_END },
    carriedInMicroUsd: usd(row.carriedIn ?? 0),
    month,
    day: { ...day, start: Date.UTC(2026, 0, 15), end: DAY_END },
  };
  return { budget, balance };
}

function counters(spent = 0, held = 0, executions = 0): Counters {
  return { spentMicroUsd: usd(spent), heldMicroUsd: usd(held), executions };
}

export interface CallOptions {
  readonly executions?: 0 | 1;
  readonly policy?: Partial<OrganizationPolicy>;
}

export function decideOn(rows: readonly AccountRow[], estimateUsd: number, { executions = 1, policy }: CallOptions = {}): Decision {
  const request = { call: CALL, estimateMicroUsd: usd(estimateUsd), executions };
  return decide(rows.map(accountOf), request, { ...DEFAULT_POLICY, ...policy });
}

export function granted(decision: Decision): Grant {
  if (decision.status === 'denied') throw new Error(`Denied: ${decision.denial.reason}`);
  return decision;
}

export function denied(decision: Decision): Denial {
  if (decision.status === 'granted') throw new Error(`Granted: ${decision.reason}`);
  return decision.denial;
}

/** Decides calls one after the other, each granted one adding its hold to every account. */
export function fold(rows: readonly AccountRow[], estimatesUsd: readonly number[]): { decisions: Decision[]; accounts: Account[] } {
  let accounts = rows.map(accountOf);
  const decisions = estimatesUsd.map((estimateUsd) => {
    const estimateMicroUsd = usd(estimateUsd);
    const decision = decide(accounts, { call: CALL, estimateMicroUsd, executions: 1 }, DEFAULT_POLICY);
    if (decision.status === 'granted') accounts = accounts.map((account) => holding(account, estimateMicroUsd));
    return decision;
  });
  return { decisions, accounts };
}

function holding({ budget, balance }: Account, amount: number): Account {
  const more = ({ heldMicroUsd, executions }: Counters) => ({ heldMicroUsd: microUsd(heldMicroUsd + amount), executions: executions + 1 });
  const month = { ...balance.month, ...more(balance.month) };
  return { budget, balance: { ...balance, month, day: { ...balance.day, ...more(balance.day) } } };
}
