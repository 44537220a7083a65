import type { AlertMessage, ChannelName, DeliveryTarget } from '../contract/payloads/alert';
import type { BudgetReference } from '../contract/payloads/reset';
import type { OrganizationPolicy } from '../domain/budget';

/** pending: not yet; failed: refused or given up; disabled: the receiver wants nothing there any more. */
export type DeliveryState = 'pending' | 'sent' | 'failed' | 'disabled';

export interface DeliveryAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly at: number;
  /** What came of it, in words. */
  readonly answer: string;
}

/** How a message fares on one channel. */
export interface Delivery extends DeliveryTarget {
  readonly state: DeliveryState;
  /** Recipients of an email who have not had it, while others have; null: nobody has, or all. */
  readonly remaining: readonly string[] | null;
  /** Recipients of an email who were refused for good while others have it, with the server's words. */
  readonly refused: readonly string[];
  readonly attempts: number;
  /** The latest, at most MOST_ATTEMPTS_KEPT. */
  readonly lastAttempts: readonly DeliveryAttempt[];
  /** When it may be tried again, while it is pending. */
  readonly notBefore: number;
  /** Why it stands as it does; null when there is nothing to know. */
  readonly note: string | null;
  readonly updatedAt: number;
}

/** A day of attempts is some 300: the first and the last say what there is to know. */
export const MOST_ATTEMPTS_KEPT = 20;

export interface StoredAlert {
  /** Unique in its organization, ascending. */
  readonly alertId: number;
  readonly budgetId: string;
  readonly message: AlertMessage;
  readonly createdAt: number;
  /** Until when channels that fail are tried again. */
  readonly giveUpAt: number;
  readonly deliveries: readonly Delivery[];
}

/** One sender's hold on a budget's alerts: nobody else sends any until its lease ends. */
export interface SenderLease extends BudgetReference {
  readonly claimer: string;
  readonly leaseUntil: number;
  readonly at: number;
}

export interface AlertClaim extends SenderLease {
  /** The messages that this claimer is sending: it takes another one. */
  readonly inFlight: readonly number[];
  readonly targets: readonly DeliveryTarget[];
  readonly giveUpAt: number;
  readonly cooldownMs: number;
}

export interface ClaimAnswer {
  /** Another sender's: nothing to do here. */
  readonly isTaken: boolean;
  readonly alert: StoredAlert | null;
  /** Until then, what happens is collected. */
  readonly coolsUntil: number;
}

/** A delivery that failed or was disabled, to be sent once more. */
export interface Reopening extends SenderLease {
  readonly alertId: number;
  readonly channel: ChannelName;
  readonly giveUpAt: number;
}

/** The outbox: what happened, the messages that were made of it, and how each was delivered. */
export interface AlertStore {
  policy(organizationId: string): Promise<OrganizationPolicy>;
  /** Calls back after every batch that left a budget something new to tell, in this process, until what it returns is called. */
  onNews(listener: (organizationId: string, budgetIds: readonly string[]) => void): () => void;
  /**
   * Takes a message to send: one that was left unfinished, else, unless the cooldown lasts, a new one of all that waits, which begins
   * the cooldown anew. Claiming again after a lost answer takes the same one.
   */
  claimAlert(claim: AlertClaim): Promise<ClaimAnswer>;
  /** Prolongs a lease, or takes one that is over. False: another sender has it. */
  renewLease(lease: SenderLease): Promise<boolean>;
  /**
   * Writes how an attempt went on a channel, and prolongs the sender's lease. One that was overtaken writes nothing, unless it sent.
   * Once no delivery is pending, the message is finished.
   */
  putDelivery(organizationId: string, alertId: number, delivery: Delivery, leaseUntil: number): Promise<void>;
  /** Makes a delivery that failed or was disabled pending again, for this sender. Null when the budget has none such. */
  reopenDelivery(reopening: Reopening): Promise<StoredAlert | 'taken' | null>;
  /** Lets an address that its receiver disabled hear of a budget again. */
  enableAddress(name: BudgetReference, address: Pick<DeliveryTarget, 'channel' | 'fingerprint'>): Promise<void>;
  alert(organizationId: string, alertId: number): Promise<StoredAlert | undefined>;
  /** A budget's messages, the newest first, at most `most`; with `before`, those that were made before that one. */
  alerts(organizationId: string, budgetId: string, most: number, before?: number): Promise<readonly StoredAlert[]>;
  /** Budgets with something to tell that no sender is collecting, or with a message that was left; in order, from `after` on. */
  budgetsToAlert(at: number, after: BudgetReference | null, most: number): Promise<readonly BudgetReference[]>;
  /**
   * Deletes messages of an organization (null: of all) that were made before an instant, with what they told and how they were delivered, the oldest
   * first, at most `most`; returns how many. None that some channel may still be sent, and none of a month that is not over and closed:
   * what was told once is not told again.
   */
  pruneAlerts(organizationId: string | null, before: number, most: number): Promise<number>;
}

/** Channels that fail are tried again for a day. */
export const RETRIED_FOR_MS = 24 * 60 * 60_000;

/** What a message begins with: an address that its receiver disabled stays silent. */
export function firstDeliveries(targets: readonly DeliveryTarget[], disabled: ReadonlySet<string>, at: number): Delivery[] {
  const inOrder = [...targets].sort((a, b) => (a.channel < b.channel ? -1 : 1));
  return inOrder.map((target) => {
    const isDisabled = disabled.has(addressOf(target));
    return {
      ...target,
      state: isDisabled ? 'disabled' : 'pending',
      remaining: null,
      refused: [],
      attempts: 0,
      lastAttempts: [],
      notBefore: at,
      note: isDisabled ? 'The receiver disabled this address' : null,
      updatedAt: at,
    };
  });
}

export function isOver({ state }: Delivery): boolean {
  return state === 'failed' || state === 'disabled';
}

export function addressOf({ channel, fingerprint }: Pick<DeliveryTarget, 'channel' | 'fingerprint'>): string {
  return `${channel} ${fingerprint}`;
}

/** The id by which receivers tell a message from a repetition. */
export function messageId({ organizationId, budgetId }: BudgetReference, alertId: number): string {
  return `${organizationId}/${budgetId}/${String(alertId)}`;
}
