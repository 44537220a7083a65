import { HoldState, isOverdue, type Hold } from '../domain/ledger';
import type { ChannelName } from '../contract/payloads/alert';

/** What an organization's ledger and outbox have not ended, or ended in a way that contradicts itself: all of one instant. */
export interface LooseEnds {
  /** What is held, and what ended and still has something open. */
  readonly holds: readonly OpenHold[];
  readonly waiting: readonly WaitingAlerts[];
  readonly stray: readonly StrayRow[];
}

export interface OpenHold {
  readonly hold: Hold;
  /** A line of it counts in a balance that there is not. */
  readonly lacksBalance: boolean;
}

/** A budget with something to tell, or to send, of which no sender takes care. */
export interface WaitingAlerts {
  readonly budgetId: string;
  readonly since: number;
}

/** A row of the outbox that nobody will ever take. */
export interface StrayRow {
  readonly budgetId: string | null;
  readonly alertId: number;
  readonly channel: ChannelName | null;
  readonly why: 'no_alert' | 'pending_of_finished' | 'told_by_none';
}

/** How long ago a hold or an alert must be overdue to be a finding. Maintenance comes by twice a minute; this leaves room for one that was killed. */
export const GRACE_MS = 2 * 60_000;

export const FindingKind = {
  /** It should have ended, and nothing ended it. */
  overdueHold: 'overdue_hold',
  /** Its row contradicts itself, or the balances. */
  contradictoryHold: 'contradictory_hold',
  /** The workflow that would settle it has ended. */
  endedWorkflow: 'ended_workflow',
  /** Temporal knows no such workflow. */
  unknownWorkflow: 'unknown_workflow',
  /** It should have been sent by now. */
  waitingAlert: 'waiting_alert',
  /** A row of the outbox without what it belongs to. */
  strayAlert: 'stray_alert',
} as const;
export type FindingKind = (typeof FindingKind)[keyof typeof FindingKind];

export interface Finding {
  readonly kind: FindingKind;
  /** Of a hold. */
  readonly key?: string;
  readonly budgetId?: string;
  readonly alertId?: number;
  readonly since: number | null;
  readonly why: string;
}

/** What the ledger alone shows: holds that should have ended before `before` or contradict themselves, and what nobody sends. */
export function findingsOf({ holds, waiting, stray }: LooseEnds, isGone: (budgetId: string) => boolean, before: number): Finding[] {
  return [
    ...holds.flatMap((open): Finding[] => {
      const why = contradictionOf(open);
      const { key, expiresAt, settledAt } = open.hold;
      if (why !== null) return [{ kind: FindingKind.contradictoryHold, key, since: settledAt, why }];
      if (!isOverdue(open.hold, before)) return [];
      return [{ kind: FindingKind.overdueHold, key, since: expiresAt, why: 'it has expired, and nothing ended it' }];
    }),
    ...waiting.map(({ budgetId, since }): Finding => {
      const why = isGone(budgetId) ? 'waits to be sent, of a budget that is gone' : 'waits to be sent, and is late';
      return { kind: FindingKind.waitingAlert, budgetId, since, why };
    }),
    ...stray.map(({ budgetId, alertId, channel, why }): Finding => {
      const by = channel === null ? '' : ` by ${channel}`;
      return { kind: FindingKind.strayAlert, ...(budgetId !== null && { budgetId }), alertId, since: null, why: `${STRAY[why]}${by}` };
    }),
  ];
}

const STRAY: Readonly<Record<StrayRow['why'], string>> = {
  no_alert: 'a delivery of an alert that there is not',
  pending_of_finished: 'the alert is finished, and not delivered',
  told_by_none: 'something that happened was told by an alert that there is not',
};

function contradictionOf({ hold, lacksBalance }: OpenHold): string | null {
  if (hold.heldMicroUsd < 0) return 'it holds less than nothing';
  if (hold.state !== HoldState.held) {
    if (hold.heldMicroUsd !== 0) return `it is ${hold.state}, and holds money`;
    return hold.attempts.some(({ state }) => state === 'open') ? `it is ${hold.state}, and an attempt is open` : null;
  }
  if (hold.settledAt !== null) return `it is ${HoldState.held}, and settled`;
  return lacksBalance ? 'it counts in a balance that there is not' : null;
}
