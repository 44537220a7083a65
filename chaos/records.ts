import type { Balance } from '../src/domain/balance';
import type { Budget } from '../src/domain/budget';
import type { Denial } from '../src/domain/decision';
import type { Hold, StoredEntry } from '../src/domain/ledger';
import { audit, type Difference } from '../src/store/audit';
import type { BudgetStore } from '../src/store/budget-store';
import type { AgentRecord } from './agents';
import type { Answered } from './callers';
import type { History } from './history';
import type { Call, Organization } from './plan';
import type { Told } from './receiver';
import type { Witnessed } from './witness';

/** All that is known of an organization at the end. */
export interface Records {
  readonly calls: readonly Call[];
  readonly outcomes: ReadonlyMap<number, Answered>;
  /** What the agents themselves saw. */
  readonly agents: readonly AgentRecord[];
  /** By the call's number: what callers spent by themselves. */
  readonly direct: ReadonlyMap<number, number>;
  /** By key. */
  readonly histories: ReadonlyMap<string, History>;
  readonly ledger: Ledger;
  readonly witnessed: Witnessed;
  /** As they were at first. */
  readonly budgets: readonly Budget[];
  /** Limits of the moving budget of which an API said that they are set. */
  readonly landed: readonly number[];
  readonly told: readonly Told[];
  /** Whether anything was killed, frozen or restarted. */
  readonly hasFaults: boolean;
}

/** The ledger's entries, its balances, and its holds. */
export interface Ledger {
  readonly holds: ReadonlyMap<string, Hold>;
  readonly entries: readonly StoredEntry[];
  readonly balances: readonly Balance[];
  readonly differences: readonly Difference[];
}

export async function readLedger(store: BudgetStore, organizationId: Organization, calls: readonly Call[]): Promise<Ledger> {
  const holds = new Map<string, Hold>();
  for (const { key } of calls) {
    const hold = await store.hold(organizationId, key);
    if (hold !== undefined) holds.set(key, hold);
  }
  const entries: StoredEntry[] = [];
  for (;;) {
    const page = await store.entries(organizationId, null, entries.at(-1)?.entryId ?? 0, 1_000);
    if (page.length === 0) break;
    entries.push(...page);
  }
  const balances = [];
  for (const { budgetId } of await store.budgets(organizationId)) balances.push(...(await store.balances(organizationId, budgetId, 0)));
  return { holds, entries, balances, differences: await audit(store, organizationId) };
}

/** Why the ledger denied what was reserved. */
export function denialsOf({ holds }: Pick<Ledger, 'holds'>): Denial[] {
  return [...holds.values()].flatMap(({ decision }) => (decision?.status === 'denied' ? [decision.denial] : []));
}

export function totalOf(hold: Hold | undefined): number {
  return (hold?.attempts ?? []).reduce((sum, { chargedMicroUsd }) => sum + chargedMicroUsd, 0);
}
