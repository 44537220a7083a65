import type { Balance } from './balance';
import type { Budget, OrganizationPolicy } from './budget';
import type { MicroUsd } from './money';
import type { Scope, ScopeLevel } from './scope';

export const DenialCode = {
  monthlyCost: 'monthly_cost',
  dailyCost: 'daily_cost',
  monthlyExecutions: 'monthly_executions',
  dailyExecutions: 'daily_executions',
  noBudget: 'no_budget',
} as const;
export type DenialCode = (typeof DenialCode)[keyof typeof DenialCode];

/** Why a call may not run. Amounts are micro-USD for the cost codes, counts for the execution codes; available is clamped at 0. */
export interface Denial {
  readonly code: DenialCode;
  readonly budgetId: string | null;
  readonly scope: Scope;
  readonly level: ScopeLevel;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  readonly requested: number;
  readonly available: number;
  /** Epoch milliseconds; null for `no_budget`, which no reset ends. */
  readonly resetsAt: number | null;
  readonly reason: string;
}

export interface Grant {
  readonly status: 'granted';
  readonly reason: string;
  readonly isDegraded: boolean;
  readonly isUnbudgeted: boolean;
  readonly warningMessage: string | null;
  /** The highest usage of the cost limits before the call, a share of 1. */
  readonly usage: number;
  /** The least that any monthly or daily cost limit leaves before the call; null is unlimited. */
  readonly remainingMicroUsd: MicroUsd | null;
  /** The least that any execution limit leaves after the call; null is unlimited. */
  readonly remainingExecutions: number | null;
  /** In soft mode, the denial that hard mode would have answered. */
  readonly softDenial: Denial | null;
}

export type Decision = Grant | { readonly status: 'denied'; readonly denial: Denial };

/** A budget and its balance, rolled to the instant that is decided. */
export interface Account {
  readonly budget: Budget;
  readonly balance: Balance;
}

export interface DecisionRequest {
  readonly call: Scope;
  readonly estimateMicroUsd: MicroUsd;
  /** 1 for a reserve; 0 for a top-up, which is no new execution. */
  readonly executions: 0 | 1;
}

export declare function decide(accounts: readonly Account[], request: DecisionRequest, policy: OrganizationPolicy): Decision;
