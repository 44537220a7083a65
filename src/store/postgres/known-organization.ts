import type { Balance } from '../../domain/balance';
import type { Budget, OrganizationPolicy } from '../../domain/budget';
import type { Changes, Check, Hold, Operation, Prunable, Rows } from '../../domain/ledger';
import type { Scope } from '../../domain/scope';

/** What an organization's row says. */
export interface OrganizationRow {
  readonly policy: OrganizationPolicy;
  /** Every hold that expired by then has been settled. */
  readonly clearThrough: number;
  readonly version: number;
}

interface KnownBalances {
  /** From the one that contains `since` (or else the last before it) on. */
  readonly rows: readonly Balance[];
  readonly since: number;
}

/** What a process knows of an organization's ledger: all of it is as of one version of the organization's row. */
export interface KnownOrganization {
  readonly organizationId: string;
  readonly policy: OrganizationPolicy;
  version: number;
  clearThrough: number;
  /** Null: looked for, and not there. What was written last is last. */
  readonly holds: Map<string, Hold | null>;
  /** The budgets that limit a call, by its scope. */
  readonly budgetsFor: Map<string, readonly Budget[]>;
  /** Those that were looked for by id; null where there is none. */
  readonly named: Map<string, Budget | null>;
  readonly balances: Map<string, KnownBalances>;
  overdue: { readonly at: number; readonly most: number; readonly holds: readonly Hold[] } | null;
  prunable: (Prunable & { readonly before: number; readonly most: number }) | null;
}

export type Want =
  | { readonly kind: 'hold'; readonly key: string }
  | { readonly kind: 'call'; readonly call: Scope }
  | { readonly kind: 'budget'; readonly budgetId: string }
  | { readonly kind: 'balances'; readonly budgetId: string; readonly since: number }
  | { readonly kind: 'overdue'; readonly at: number; readonly most: number }
  | { readonly kind: 'prunable'; readonly before: number; readonly most: number };

/** An operation asked for rows that are not known. It is pure, so it runs again once they are. */
export class RowsMissing extends Error {
  constructor(readonly want: Want) {
    super(`Not known: ${want.kind}`);
  }
}

export function nothingKnown(organizationId: string, row: OrganizationRow): KnownOrganization {
  return {
    organizationId,
    ...row,
    holds: new Map(),
    budgetsFor: new Map(),
    named: new Map(),
    balances: new Map(),
    overdue: null,
    prunable: null,
  };
}

/** By which calls have their budgets: no id contains the separator. */
export function callKey({ teamId, userId, agentId }: Scope): string {
  return `${teamId ?? ''} ${userId ?? ''} ${agentId ?? ''}`;
}

/** The ledger as far as it is known; asked for more, it throws RowsMissing. Keys of `absent` are taken for unknown to everybody. */
export function rowsOf(known: KnownOrganization, absent?: ReadonlySet<string>): Rows {
  return {
    organizationId: known.organizationId,
    policy: known.policy,
    budgets: (call) => known.budgetsFor.get(callKey(call)) ?? missing({ kind: 'call', call }),
    budget: (budgetId) => {
      const found = known.named.get(budgetId);
      return found === undefined ? missing({ kind: 'budget', budgetId }) : (found ?? undefined);
    },
    balances: (budgetId, since) => {
      const balances = known.balances.get(budgetId);
      if (balances === undefined || since < balances.since) return missing({ kind: 'balances', budgetId, since });
      return from(balances.rows, since);
    },
    hold: (key) => {
      const found = known.holds.get(key);
      if (found !== undefined) return found ?? undefined;
      return absent?.has(key) === true ? undefined : missing({ kind: 'hold', key });
    },
    overdue: (at, most = Infinity) => {
      const { overdue } = known;
      if (overdue === null || overdue.at < at || overdue.most < most) {
        return missing({ kind: 'overdue', at: Math.max(at, overdue?.at ?? at), most: Math.max(most, overdue?.most ?? most) });
      }
      return overdue.holds.filter((hold) => hold.expiresAt <= at).slice(0, most);
    },
    prunable: (before, most) => {
      const { prunable } = known;
      if (prunable === null || prunable.before < before || prunable.most < most) {
        const wider = { before: Math.max(before, prunable?.before ?? before), most: Math.max(most, prunable?.most ?? most) };
        return missing({ kind: 'prunable', ...wider });
      }
      const holds = prunable.holds.filter((hold) => hold.expiresAt < before).slice(0, most);
      return { holds, entries: prunable.entries.slice(0, most) };
    },
  };
}

function missing(want: Want): never {
  throw new RowsMissing(want);
}

function from(rows: readonly Balance[], since: number): readonly Balance[] {
  const first = rows.findLastIndex(({ period }) => period.start <= since);
  return first <= 0 ? rows : rows.slice(first);
}

/** After a batch was written, or sent: what is known goes with the ledger to its next version. */
export function moveOn(
  known: KnownOrganization,
  changes: Changes,
  next: { readonly version: number; readonly clearThrough: number },
): void {
  known.version = next.version;
  known.clearThrough = next.clearThrough;
  known.overdue = null;
  known.prunable = null;
  for (const hold of changes.holds) {
    known.holds.delete(hold.key);
    // Of those that have ended hardly one is asked for again.
    if (hold.state === 'held') known.holds.set(hold.key, hold);
  }
  for (const balance of changes.balances) putBalance(known, balance);
}

function putBalance({ balances }: KnownOrganization, balance: Balance): void {
  const { rows, since } = balances.get(balance.budgetId) ?? { rows: [], since: balance.period.start };
  const others = rows.filter(({ period }) => period.start !== balance.period.start);
  const sorted = others.length === 0 ? [balance] : [...others, balance].sort((a, b) => a.period.start - b.period.start);
  balances.set(balance.budgetId, { rows: sorted, since });
}

/** Up to when nothing is overdue after a batch: complete sweeps move it on, and a hold written with an earlier end moves it back. */
export function clearThroughAfter(before: number, sweptAt: readonly number[], { holds }: Changes): number {
  let after = Math.max(before, ...sweptAt);
  for (const { state, expiresAt } of holds) if (state === 'held') after = Math.min(after, expiresAt - 1);
  return after;
}

/** The keys that operations speak of. */
export function keysIn(operations: readonly (Operation | Check)[]): string[] {
  return operations.flatMap((operation) => ('key' in operation ? operation.key : []));
}

/** How much a process remembers of it, in rows. */
export function sizeOf({ holds, budgetsFor, named, balances }: KnownOrganization): number {
  return holds.size + budgetsFor.size + named.size + balances.size;
}
