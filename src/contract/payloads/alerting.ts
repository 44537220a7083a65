import type { AlertEvent, ChannelName } from './alert';
import type { BudgetReference } from './reset';

/** What the alert workflow asks for: the next message, but for those that it is sending already. */
export interface ClaimRequest extends BudgetReference {
  readonly claimer: string;
  readonly inFlight: readonly number[];
}

/** A message to send, and where it has not arrived yet. */
export interface ClaimedAlert {
  readonly alertId: number;
  readonly event: AlertEvent;
  /** Each with the instant (epoch milliseconds) before which it is not to be tried. */
  readonly channels: readonly { readonly channel: ChannelName; readonly notBefore: number }[];
}

export interface Claimed {
  /** Another deployment sends this budget's alerts. */
  readonly isTaken: boolean;
  readonly alert: ClaimedAlert | null;
  /** Until then (epoch milliseconds), what happens is collected. */
  readonly coolsUntil: number;
}

export interface DeliveryRequest extends BudgetReference {
  readonly alertId: number;
  readonly channel: ChannelName;
}

/** One delivery, by the sender that claimed the budget's alerts. */
export interface ClaimedDelivery extends DeliveryRequest {
  readonly claimer: string;
}

/** Answer to the query `state` of an alert workflow. */
export interface AlertingState {
  readonly phase: 'claiming' | 'cooling' | 'waiting';
  /** ISO 8601; null where nothing is collected. */
  readonly cooldownUntil: string | null;
  /** The messages that some channel has not taken yet. */
  readonly inFlight: readonly number[];
  readonly messages: number;
}

/** How a channel took the sample of a test. */
export interface ChannelReport {
  readonly channel: ChannelName;
  readonly isDelivered: boolean;
  /** What it answered, in words. */
  readonly answer: string;
}
