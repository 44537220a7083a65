import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { invocationWorkflowId } from '../src/contract/names/workflows';
import type { Balance } from '../src/domain/balance';
import type { Hold, StoredEntry } from '../src/domain/ledger';
import { audit, type Difference } from '../src/store/audit';
import type { BudgetStore } from '../src/store/budget-store';
import { ORGANIZATION } from './callers';
import type { Call } from './plan';

/** The second record and the third: the ledger's entries, and its balances and holds. */
export interface Ledger {
  readonly holds: ReadonlyMap<string, Hold>;
  readonly entries: readonly StoredEntry[];
  readonly balances: readonly Balance[];
  readonly differences: readonly Difference[];
}

export async function readLedger(store: BudgetStore, calls: readonly Call[]): Promise<Ledger> {
  const holds = new Map<string, Hold>();
  for (const { key } of calls) {
    const hold = await store.hold(ORGANIZATION, key);
    if (hold !== undefined) holds.set(key, hold);
  }
  const entries: StoredEntry[] = [];
  for (;;) {
    const page = await store.entries(ORGANIZATION, null, entries.at(-1)?.entryId ?? 0, 1_000);
    if (page.length === 0) break;
    entries.push(...page);
  }
  const balances = [];
  for (const { budgetId } of await store.budgets(ORGANIZATION)) balances.push(...(await store.balances(ORGANIZATION, budgetId, 0)));
  return { holds, entries, balances, differences: await audit(store, ORGANIZATION) };
}

/** What activities of a run returned as their agents' costs: recorded in its history, whatever became of the run. */
export async function recordedCosts(temporal: Client, key: string): Promise<number[]> {
  const { events } = await temporal.workflow
    .getHandle(invocationWorkflowId(ORGANIZATION, key))
    .fetchHistory()
    .catch(() => ({ events: [] }));
  return (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) => {
    const [payload] = completed?.result?.payloads ?? [];
    const result =
      payload && defaultPayloadConverter.fromPayload<{ status?: string; costUsd?: number; costSource?: string } | null>(payload);
    const isKnown = result?.status === 'answered' && result.costUsd !== undefined && result.costSource !== 'estimate';
    return isKnown ? [Math.round((result.costUsd ?? 0) * 1e6)] : [];
  });
}

/** Runs of the plan that have not ended. */
export async function openRuns(temporal: Client, calls: readonly Call[]): Promise<string[]> {
  const open: string[] = [];
  for (const { key, way } of calls) {
    if (way === 'direct') continue;
    const description = await temporal.workflow
      .getHandle(invocationWorkflowId(ORGANIZATION, key))
      .describe()
      .catch(() => null);
    if (description?.status.name === 'RUNNING') open.push(key);
  }
  return open;
}
