import type { Balance } from '../balance';
import type { Budget, OrganizationPolicy } from '../budget';
import { carryOver } from '../carry-over';
import { applies, type Scope } from '../scope';
import type { Entry } from './entry';
import type { Happening } from './happening';
import { isOverdue, type Hold } from './hold';

/** One organization's ledger, as an operation reads it. */
export interface Rows {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  /** The budgets that limit a call. */
  budgets(call: Scope): readonly Budget[];
  budget(budgetId: string): Budget | undefined;
  /** A budget's rows by time, from the one that contains `since` (or else the last before it) on. */
  balances(budgetId: string, since: number): readonly Balance[];
  hold(key: string): Hold | undefined;
  /** Holds that should have ended by `at`, the longest overdue first; at most `most` of them. */
  overdue(at: number, most?: number): readonly Hold[];
}

export interface Changes {
  /** By id; null where a budget was removed. */
  readonly budgets: ReadonlyMap<string, Budget | null>;
  readonly holds: readonly Hold[];
  readonly balances: readonly Balance[];
  readonly entries: readonly Entry[];
  readonly happenings: readonly Happening[];
}

/** Rows with changes laid over them; what is beneath stays as it was until somebody absorbs or writes them. */
export class Draft implements Rows {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  readonly #budgets = new Map<string, Budget | null>();
  readonly #holds = new Map<string, Hold>();
  readonly #balances = new Map<string, Map<number, Balance>>();
  readonly #entries: Entry[] = [];
  readonly #happenings: Happening[] = [];

  constructor(private readonly beneath: Rows) {
    this.organizationId = beneath.organizationId;
    this.policy = beneath.policy;
  }

  budgets(call: Scope): readonly Budget[] {
    const beneath = this.beneath.budgets(call);
    if (this.#budgets.size === 0) return beneath;
    const changed = [...this.#budgets.values()].filter((budget) => budget !== null && applies(budget.scope, call)) as Budget[];
    const merged = [...beneath.filter(({ budgetId }) => !this.#budgets.has(budgetId)), ...changed];
    return merged.sort((a, b) => (a.budgetId < b.budgetId ? -1 : 1));
  }

  budget(budgetId: string): Budget | undefined {
    const changed = this.#budgets.get(budgetId);
    return changed === undefined ? this.beneath.budget(budgetId) : (changed ?? undefined);
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

  putBudget(budget: Budget): void {
    this.#budgets.set(budget.budgetId, budget);
  }

  removeBudget(budgetId: string): void {
    this.#budgets.set(budgetId, null);
  }

  putHold(hold: Hold): void {
    this.#holds.set(hold.key, hold);
  }

  /** What a row hands on changes with it: the row that follows is corrected in the same breath, if there is one. */
  putBalance(balance: Balance): void {
    this.#setBalance(balance);
    const next = this.#rowFrom(balance.budgetId, balance.period.end);
    if (next === undefined) return;
    const carriedInMicroUsd = carryOver(balance, next.rolloverPercent);
    if (carriedInMicroUsd !== next.carriedInMicroUsd) this.#setBalance({ ...next, carriedInMicroUsd });
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
  }

  tell(happening: Happening): void {
    this.#happenings.push(happening);
  }

  absorb(draft: Draft): void {
    const { budgets, holds, balances, entries, happenings } = draft.changes();
    for (const [budgetId, budget] of budgets) this.#budgets.set(budgetId, budget);
    for (const hold of holds) this.putHold(hold);
    for (const balance of balances) this.#setBalance(balance);
    this.#entries.push(...entries);
    this.#happenings.push(...happenings);
  }

  changes(): Changes {
    return {
      budgets: this.#budgets,
      holds: [...this.#holds.values()],
      balances: [...this.#balances.values()].flatMap((ofBudget) => [...ofBudget.values()]),
      entries: this.#entries,
      happenings: this.#happenings,
    };
  }

  // Every movement asks for it, so without laying one list of rows over the other.
  #rowFrom(budgetId: string, start: number): Balance | undefined {
    const changed = this.#balances.get(budgetId)?.get(start);
    return changed ?? this.beneath.balances(budgetId, start).find(({ period }) => period.start === start);
  }

  #setBalance(balance: Balance): void {
    const ofBudget = this.#balances.get(balance.budgetId) ?? new Map<number, Balance>();
    this.#balances.set(balance.budgetId, ofBudget.set(balance.period.start, balance));
  }
}
