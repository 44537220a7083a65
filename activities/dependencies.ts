import type { Connector } from '../src/agents/agent';
import type { AgentDefinition } from '../src/contract/schemas/agent';
import type { ZoneInUse } from '../src/contract/payloads/reset';
import type { Notifier } from '../src/notify/notifier';
import type { BudgetStore } from '../src/store/budget-store';

/** What the activities work with; the worker puts it together. */
export interface ActivityDependencies {
  readonly store: BudgetStore;
  readonly connectors: Connector;
  /** What one call is expected to cost when the caller does not say, in USD. */
  readonly estimateCostUsd: (agent: AgentDefinition, input: unknown) => number;
  /** Where resets are scheduled. null, or left out of createActivities: nowhere, since a cron sees to it, or the server has no Schedules. */
  readonly resetSchedules?: ResetSchedules | null;
  /** By which alerts are sent; left out, this worker sends none, and leaves them to others. */
  readonly notifier?: Notifier;
  /** How long settled holds, ledger entries and alerts are kept; null, or left out: for ever. At least 62. */
  readonly retentionDays?: number | null;
  /** Temporal's own id of the namespace: tells it from one of the same name in another cluster, on the same ledger. */
  readonly namespaceId?: string;
  /** Wakes the workflow that sends a budget's alerts. */
  readonly pokeAlerts?: (organizationId: string, budgetId: string) => Promise<void>;
}

/** The Schedules of monthly resets, one for each time zone in use. */
export interface ResetSchedules {
  /** The zones that have one, as far as the server tells. */
  scheduled(): Promise<readonly string[]>;
  /** Makes the zone's Schedule, or changes when it fires. */
  put(zone: ZoneInUse): Promise<void>;
  remove(timeZone: string): Promise<void>;
}
