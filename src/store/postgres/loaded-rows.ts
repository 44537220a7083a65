import type { Balance } from '../../domain/balance';
import type { Budget } from '../../domain/budget';
import type { Check, Hold, Operation, Rows } from '../../domain/ledger';
import { applies, type Scope } from '../../domain/scope';
import type { Queryable } from './connection';
import { loadBalances } from './load-balances';
import { loadBudgetsFor, loadBudgetsNamed } from './load-budgets';
import { loadHolds } from './load-holds';
import { loadOverdue } from './load-overdue';
import type { OrganizationRow } from './lock-organization';

type Want =
  | { readonly kind: 'budget'; readonly budgetId: string }
  | { readonly kind: 'balances'; readonly budgetId: string; readonly since: number }
  | { readonly kind: 'overdue'; readonly at: number; readonly most: number };

/** An operation asked for rows that are not loaded yet. It is pure, so it runs again once they are. */
class RowsMissing extends Error {
  constructor(readonly want: Want) {
    super(`Not loaded: ${want.kind}`);
  }
}

interface Loaded {
  readonly budgets: readonly Budget[];
  /** Those that were looked up by id; null where there is none. */
  readonly named: Map<string, Budget | null>;
  readonly holds: Map<string, Hold>;
  readonly balances: Map<string, readonly Balance[]>;
  readonly coveredSince: Map<string, number>;
  overdue: { readonly at: number; readonly most: number; readonly holds: readonly Hold[] } | null;
}

/**
 * Runs `decide` over the organization's rows, loading first what the operations name and then whatever else it asks for:
 * overdue holds, say, are looked up only when a denial looms.
 */
export async function withLoadedRows<Result>(
  db: Queryable,
  organizationId: string,
  organization: OrganizationRow,
  operations: readonly (Operation | Check)[],
  decide: (rows: Rows) => Result,
): Promise<Result> {
  const loaded = await loadNamed(db, organizationId, operations);
  for (;;) {
    try {
      return decide(rowsOver(organizationId, organization, loaded));
    } catch (error) {
      if (!(error instanceof RowsMissing)) throw error;
      await load(db, organizationId, organization, loaded, error.want);
    }
  }
}

async function loadNamed(db: Queryable, organizationId: string, operations: readonly (Operation | Check)[]): Promise<Loaded> {
  const keys = operations.flatMap((operation) => ('key' in operation ? operation.key : []));
  const holds = keys.length > 0 ? await loadHolds(db, organizationId, keys) : [];
  // A known key's call decides with it: its hold may have to grow, or be decided anew.
  const calls = [...holds.map((hold) => hold.call), ...operations.flatMap((operation) => ('call' in operation ? operation.call : []))];
  const budgets = calls.length > 0 ? await loadBudgetsFor(db, organizationId, calls) : [];
  const names = operations.flatMap(budgetNamedIn);
  const named = names.length > 0 ? await loadBudgetsNamed(db, organizationId, names) : [];
  const loaded: Loaded = {
    budgets,
    named: new Map([...names.map((budgetId) => [budgetId, null] as const), ...named.map((budget) => [budget.budgetId, budget] as const)]),
    holds: new Map(holds.map((hold) => [hold.key, hold])),
    balances: new Map(),
    coveredSince: new Map(),
    overdue: null,
  };
  const since = new Map<string, number>();
  const want = (budgetId: string, at: number) => since.set(budgetId, Math.min(at, since.get(budgetId) ?? at));
  const firstAt = Math.min(...operations.map(({ at }) => at));
  for (const { budgetId } of budgets) want(budgetId, firstAt);
  for (const line of holds.flatMap(linesOf)) want(line.budgetId, line.periodStart);
  // Whoever changes or closes a budget looks at all its months.
  for (const budgetId of names) want(budgetId, Number.MIN_SAFE_INTEGER);
  await loadBalancesInto(db, organizationId, loaded, since);
  return loaded;
}

function budgetNamedIn(operation: Operation | Check): readonly string[] {
  if (operation.kind === 'putBudget') return [operation.budget.budgetId];
  return 'budgetId' in operation ? [operation.budgetId] : [];
}

function linesOf(hold: Hold): readonly { budgetId: string; periodStart: number }[] {
  return [...hold.lines, ...hold.attempts.flatMap(({ lines }) => lines), ...hold.counted];
}

async function load(db: Queryable, organizationId: string, { sweptThrough }: OrganizationRow, loaded: Loaded, want: Want): Promise<void> {
  if (want.kind === 'budget') {
    const [budget = null] = await loadBudgetsNamed(db, organizationId, [want.budgetId]);
    loaded.named.set(want.budgetId, budget);
    return;
  }
  if (want.kind === 'balances') {
    await loadBalancesInto(db, organizationId, loaded, new Map([[want.budgetId, want.since]]));
    return;
  }
  const holds = await loadOverdue(db, organizationId, sweptThrough, want.at, Number.isFinite(want.most) ? want.most : null);
  loaded.overdue = { at: want.at, most: want.most, holds };
  const since = new Map<string, number>();
  for (const { budgetId, periodStart } of holds.flatMap(linesOf)) {
    since.set(budgetId, Math.min(periodStart, since.get(budgetId) ?? periodStart, loaded.coveredSince.get(budgetId) ?? periodStart));
  }
  await loadBalancesInto(db, organizationId, loaded, since);
  // What they are charged may cross thresholds.
  const budgetIds = [...since.keys()].filter((budgetId) => !loaded.named.has(budgetId));
  for (const budgetId of budgetIds) loaded.named.set(budgetId, null);
  for (const budget of await loadBudgetsNamed(db, organizationId, budgetIds)) loaded.named.set(budget.budgetId, budget);
}

async function loadBalancesInto(db: Queryable, organizationId: string, loaded: Loaded, since: ReadonlyMap<string, number>): Promise<void> {
  if (since.size === 0) return;
  for (const [budgetId, balances] of await loadBalances(db, organizationId, since)) {
    loaded.balances.set(budgetId, balances);
    loaded.coveredSince.set(budgetId, coverage(balances, since.get(budgetId) ?? Infinity));
  }
}

// The first row returned contains `since` or is the last before it; when there is none, nothing is earlier either.
// A whole number, since it is asked for again: PostgreSQL's bigint knows no infinity.
function coverage(balances: readonly Balance[], since: number): number {
  const first = balances[0]?.period.start ?? Infinity;
  return first <= since ? first : Number.MIN_SAFE_INTEGER;
}

function rowsOver(organizationId: string, { policy }: OrganizationRow, loaded: Loaded): Rows {
  return {
    organizationId,
    policy,
    budgets: (call: Scope) => loaded.budgets.filter((budget) => applies(budget.scope, call)),
    budget: (budgetId) => {
      const found = loaded.named.get(budgetId) ?? loaded.budgets.find((budget) => budget.budgetId === budgetId);
      if (found === undefined && !loaded.named.has(budgetId)) throw new RowsMissing({ kind: 'budget', budgetId });
      return found ?? undefined;
    },
    balances: (budgetId, since) => {
      const balances = loaded.balances.get(budgetId);
      if (balances === undefined || since < (loaded.coveredSince.get(budgetId) ?? Infinity)) {
        throw new RowsMissing({ kind: 'balances', budgetId, since });
      }
      return balances.slice(
        Math.max(
          0,
          balances.findLastIndex(({ period }) => period.start <= since),
        ),
      );
    },
    hold: (key) => loaded.holds.get(key) ?? loaded.overdue?.holds.find((hold) => hold.key === key),
    overdue: (at, most = Infinity) => {
      const { overdue } = loaded;
      if (overdue === null || overdue.at < at || overdue.most < most) {
        throw new RowsMissing({ kind: 'overdue', at: Math.max(at, overdue?.at ?? at), most: Math.max(most, overdue?.most ?? most) });
      }
      return overdue.holds.filter((hold) => hold.expiresAt <= at).slice(0, most);
    },
  };
}
