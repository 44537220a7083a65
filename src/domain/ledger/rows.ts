import type { Balance } from '../balance';
import type { Budget, OrganizationPolicy } from '../budget';
import { carryOver } from '../carry-over';
import { applies, type Scope } from '../scope';
import type { Entry } from './entry';
import type { Happening } from './happening';
import { isOverdue, type Hold } from './hold';
import { Layer } from './layer';
import type { Pruned } from './prune';
import type { PrunableEntry } from './summary';

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
  /**
   * Where pruning has to go on: holds whose time ended before `before`, in the order of that, and entries in the order of writing; at
   * most `most` of each, whether or not they may be pruned.
   */
  prunable(before: number, most: number): Prunable;
}

export interface Prunable {
  readonly holds: readonly Hold[];
  readonly entries: readonly PrunableEntry[];
}

export interface Changes {
  /** By id; null where a budget was removed. */
  readonly budgets: ReadonlyMap<string, Budget | null>;
  readonly holds: readonly Hold[];
  readonly balances: readonly Balance[];
  readonly entries: readonly Entry[];
  readonly happenings: readonly Happening[];
  readonly pruned: readonly Pruned[];
}

/**
 * Rows with changes laid over them; what is beneath stays as it is until somebody writes them. One operation after the other changes
 * the same draft, and each is kept or undone: a draft of its own for each would copy and merge all that they have in common.
 */
export class Draft implements Rows {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  readonly #budgets = new Layer<Budget | null>();
  readonly #holds = new Layer<Hold>();
  /** The rows that changed, by budget. */
  readonly #balances = new Layer<Balance[]>();
  /** The rows beneath, by budget, as far back as somebody looked: they are asked for once. */
  readonly #beneath = new Map<string, { readonly since: number; readonly rows: readonly Balance[] }>();
  readonly #entries: Entry[] = [];
  readonly #happenings: Happening[] = [];
  readonly #pruned: Pruned[] = [];
  /** How many there were before the operation at hand. */
  #keptEntries = 0;
  #keptHappenings = 0;
  #keptPruned = 0;

  constructor(private readonly beneath: Rows) {
    this.organizationId = beneath.organizationId;
    this.policy = beneath.policy;
  }

  budgets(call: Scope): readonly Budget[] {
    const beneath = this.beneath.budgets(call);
    if (this.#budgets.size === 0) return beneath;
    const budgets = this.#budgets.all();
    const changed = [...budgets.values()].filter((budget) => budget !== null && applies(budget.scope, call)) as Budget[];
    const merged = [...beneath.filter(({ budgetId }) => !budgets.has(budgetId)), ...changed];
    return merged.sort((a, b) => (a.budgetId < b.budgetId ? -1 : 1));
  }

  budget(budgetId: string): Budget | undefined {
    const changed = this.#budgets.get(budgetId);
    return changed === undefined ? this.beneath.budget(budgetId) : (changed ?? undefined);
  }

  balances(budgetId: string, since: number): readonly Balance[] {
    const merged = new Map(this.#rowsBeneath(budgetId, since).map((balance) => [balance.period.start, balance]));
    for (const balance of this.#balances.get(budgetId) ?? []) merged.set(balance.period.start, balance);
    const rows = [...merged.values()].sort((a, b) => a.period.start - b.period.start);
    const first = rows.findLastIndex(({ period }) => period.start <= since);
    return first > 0 ? rows.slice(first) : rows;
  }

  /** A budget's row that starts then. Whatever moves a balance asks for one: no list of rows is made for it. */
  balanceFrom(budgetId: string, start: number): Balance | undefined {
    return this.#find(budgetId, start, ({ period }) => period.start === start);
  }

  /** A budget's row that runs at `at`. */
  balanceAt(budgetId: string, at: number): Balance | undefined {
    return this.#find(budgetId, at, ({ period }) => period.start <= at && at < period.end);
  }

  hold(key: string): Hold | undefined {
    return this.#holds.get(key) ?? this.beneath.hold(key);
  }

  overdue(at: number, most = Infinity): readonly Hold[] {
    const holds = this.#holds.all();
    const untouched = this.beneath.overdue(at, most + holds.size).filter((hold) => !holds.has(hold.key));
    return [...untouched, ...[...holds.values()].filter((hold) => isOverdue(hold, at))].slice(0, most);
  }

  prunable(before: number, most: number): Prunable {
    const { holds, entries } = this.beneath.prunable(before, most);
    const gone = new Set(this.#pruned.flatMap(({ entryIds }) => entryIds));
    return { holds: holds.map((hold) => this.#holds.get(hold.key) ?? hold), entries: entries.filter(({ entryId }) => !gone.has(entryId)) };
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
    const next = this.balanceFrom(balance.budgetId, balance.period.end);
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

  prune(pruned: Pruned): void {
    this.#pruned.push(pruned);
  }

  /** Whether the operation at hand put this key's hold. */
  touches(key: string): boolean {
    return this.#holds.touches(key);
  }

  /** The holds that the operation at hand put, each with what it was. */
  touchedHolds(): { readonly hold: Hold; readonly was: Hold | undefined }[] {
    const touched = [];
    for (const [key, before] of this.#holds.before()) {
      const hold = this.#holds.get(key);
      if (hold !== undefined) touched.push({ hold, was: before ?? this.beneath.hold(key) });
    }
    return touched;
  }

  /** The balances that the operation at hand changed, each with what it was. */
  touchedBalances(): { readonly balance: Balance; readonly was: Balance | undefined }[] {
    const touched = [];
    for (const [budgetId, before = []] of this.#balances.before()) {
      for (const balance of this.#balances.get(budgetId) ?? []) {
        if (before.includes(balance)) continue;
        const { start } = balance.period;
        const isSameRow = ({ period }: Balance) => period.start === start;
        touched.push({ balance, was: before.find(isSameRow) ?? this.#rowsBeneath(budgetId, start).find(isSameRow) });
      }
    }
    return touched;
  }

  /** The entries that the operation at hand appended. */
  newEntries(): readonly Entry[] {
    return this.#entries.slice(this.#keptEntries);
  }

  /** Ends the operation at hand: what it changed stays. */
  keep(): void {
    this.#budgets.keep();
    this.#holds.keep();
    this.#balances.keep();
    this.#keptEntries = this.#entries.length;
    this.#keptHappenings = this.#happenings.length;
    this.#keptPruned = this.#pruned.length;
  }

  /** Ends the operation at hand as if it had never been. */
  undo(): void {
    this.#budgets.undo();
    this.#holds.undo();
    this.#balances.undo();
    this.#entries.length = this.#keptEntries;
    this.#happenings.length = this.#keptHappenings;
    this.#pruned.length = this.#keptPruned;
  }

  changes(): Changes {
    return {
      budgets: this.#budgets.all(),
      holds: [...this.#holds.all().values()],
      balances: [...this.#balances.all().values()].flat(),
      entries: this.#entries,
      happenings: this.#happenings,
      pruned: this.#pruned,
    };
  }

  #find(budgetId: string, since: number, isIt: (balance: Balance) => boolean): Balance | undefined {
    return this.#balances.get(budgetId)?.find(isIt) ?? this.#rowsBeneath(budgetId, since).find(isIt);
  }

  #rowsBeneath(budgetId: string, since: number): readonly Balance[] {
    const known = this.#beneath.get(budgetId);
    if (known !== undefined && known.since <= since) return known.rows;
    const rows = this.beneath.balances(budgetId, since);
    const first = rows[0]?.period.start ?? Infinity;
    // When the first one starts later, nothing is earlier.
    this.#beneath.set(budgetId, { since: first <= since ? first : -Infinity, rows });
    return rows;
  }

  #setBalance(balance: Balance): void {
    const { budgetId, period } = balance;
    let rows = this.#balances.get(budgetId) ?? [];
    // One list for each operation, which moves a balance several times.
    if (!this.#balances.touches(budgetId)) this.#balances.set(budgetId, (rows = [...rows]));
    const index = rows.findIndex((row) => row.period.start === period.start);
    rows[index === -1 ? rows.length : index] = balance;
  }
}
