import type { Scope } from '../../domain/scope';

/** How a message travels: the first three to the webhook URL, each in the form that its receiver reads. */
export type ChannelName = 'webhook' | 'slack' | 'teams' | 'email';

/** Where a message goes. */
export interface DeliveryTarget {
  readonly channel: ChannelName;
  /** As it may be shown: a URL's origin, an email's recipients. */
  readonly target: string;
  /** Tells one address from another without saying it. */
  readonly fingerprint: string;
}

/** What a message is about; of several, the gravest: exhausted, denied, warning, reset. */
export type AlertEvent = 'budget.warning' | 'budget.exhausted' | 'budget.denied' | 'budget.reset';

/** One threshold that committed spend (or the count of executions) reached. */
export interface CrossingPayload {
  readonly window: 'month' | 'day';
  readonly kind: 'cost' | 'executions';
  /** The month or day in which it was crossed, ISO 8601: perhaps not the one that the message's figures are of. */
  readonly windowStart: string;
  /** Both shares of 1. */
  readonly threshold: number;
  readonly usage: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Denied calls, and the limit that denied the last of them. */
export interface DenialsPayload {
  readonly count: number;
  readonly reason: string;
  readonly window: 'month' | 'day';
  readonly kind: 'cost' | 'executions';
}

/** A month's or day's limit as it stood when the last of what is told happened, in USD; null is unlimited. */
export interface AlertedWindow {
  readonly start: string;
  readonly resetsAt: string;
  readonly limitUsd: number | null;
  readonly spentUsd: number;
  /** Never below 0. */
  readonly remainingUsd: number | null;
  readonly usage: number | null;
  readonly executions: number;
  readonly executionLimit: number | null;
}

/** One alert, as every channel is told of it. */
export interface AlertMessage {
  /** Stable: receivers tell a repetition by it. */
  readonly id: string;
  readonly event: AlertEvent;
  readonly organizationId: string;
  readonly budgetId: string;
  readonly scope: Scope;
  /** The budget's agent, or, of a wider budget, the agent whose call crossed; null where no call names one. */
  readonly agentId: string | null;
  /** ISO 8601: when the gravest of it happened. */
  readonly timestamp: string;
  readonly month: AlertedWindow;
  readonly day: AlertedWindow;
  /** In the order in which they happened, then by threshold. */
  readonly crossings: readonly CrossingPayload[];
  /** Calls that were denied since the last message; null where there were none. */
  readonly denials: DenialsPayload | null;
  /** The period that was closed, for `budget.reset`. */
  readonly closed: { readonly start: string; readonly end: string; readonly spentUsd: number; readonly limitUsd: number | null } | null;
  readonly forecastUsd: number | null;
  /** Collected during a cooldown. */
  readonly isDigest: boolean;
  /** Sent by `test`: nothing happened. */
  readonly isTest: boolean;
}
