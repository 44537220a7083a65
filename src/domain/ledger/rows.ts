import type { Balance } from '../balance';
import type { Budget, OrganizationPolicy } from '../budget';
import type { Scope } from '../scope';
import type { Entry } from './entry';
import type { Hold } from './hold';
import { isOverdue } from './hold';

/** One organization's ledger, as an operation reads it. */
export interface Rows {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  /** The budgets that limit a call. */
  budgets(call: Scope): readonly Budget[];
  /** A budget's rows by time, from the one that contains `since` (or else the last before it) on. */
  balances(budgetId: string, since: number): readonly Balance[];
  hold(key: string): Hold | undefined;
  /** Holds that should have ended by `at`, the longest overdue first; at most `most` of them. */
  overdue(at: number, most?: number): readonly Hold[];
}

export interface Changes {
  readonly holds: readonly Hold[];
  readonly balances: readonly Balance[];
  readonly entries: readonly Entry[];
}

/** Rows with changes laid over them; what is beneath stays as it was until somebody absorbs or writes them. */
export class Draft implements Rows {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  readonly #holds = new Map<string, Hold>();
  readonly #balances = new Map<string, Map<number, Balance>>();
  readonly #entries: Entry[] = [];

  constructor(private readonly beneath: Rows) {
    this.organizationId = beneath.organizationId;
    this.policy = beneath.policy;
  }

  budgets(call: Scope): readonly Budget[] {
    return this.beneath.budgets(call);
  }

  balances(budgetId: string, since: number): readonly Balance[] {
    const beneath = this.beneath.balances(budgetId, since);
    const changed = this.#balances.get(budgetId);
    if (changed === undefined) return beneath;
    const merged = new Map(beneath.map((balance) => [balance.period.start, balance]));
    for (const balance of changed.values()) merged.set(balance.period.start, balance);
    return [...merged.values()].sort((a, b) => a.period.start - b.period.start);
  }

  hold(key: string): Hold | undefined {
    return this.#holds.get(key) ?? this.beneath.hold(key);
  }

  overdue(at: number, most = Infinity): readonly Hold[] {
    const untouched = this.beneath.overdue(at, most + this.#holds.size).filter((hold) => !this.#holds.has(hold.key));
    return [...untouched, ...[...this.#holds.values()].filter((hold) => isOverdue(hold, at))].slice(0, most);
  }

  putHold(hold: Hold): void {
    this.#holds.set(hold.key, hold);
  }

  putBalance(balance: Balance): void {
    const ofBudget = this.#balances.get(balance.budgetId) ?? new Map<number, Balance>();
    this.#balances.set(balance.budgetId, ofBudget.set(balance.period.start, balance));
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
  }

  absorb(draft: Draft): void {
    const { holds, balances, entries } = draft.changes();
    for (const hold of holds) this.putHold(hold);
    for (const balance of balances) this.putBalance(balance);
    this.#entries.push(...entries);
  }

  changes(): Changes {
    return {
      holds: [...this.#holds.values()],
      balances: [...this.#balances.values()].flatMap((ofBudget) => [...ofBudget.values()]),
      entries: this.#entries,
    };
  }
}
