import type { Balance } from '../../domain/balance';
import type { Check, Hold, Operation } from '../../domain/ledger';
import { applies, type Scope } from '../../domain/scope';
import type { Queryable } from './connection';
import { callKey, keysIn, RowsMissing, rowsOf, type KnownOrganization, type Want } from './known-organization';
import { loadBalances } from './load-balances';
import { loadBudgetsFor, loadBudgetsNamed } from './load-budgets';
import { loadHolds } from './load-holds';
import { loadOverdue } from './load-overdue';
import { loadPrunable } from './load-prunable';

type Asked = readonly (Operation | Check)[];

/** Runs `decide` over what is known of the ledger, and again whenever it asked for more: overdue holds, say, once a denial looms. */
export async function withRows<Result>(
  db: Queryable,
  known: KnownOrganization,
  decide: (rows: ReturnType<typeof rowsOf>) => Result,
): Promise<Result> {
  for (;;) {
    try {
      return decide(rowsOf(known));
    } catch (error) {
      if (!(error instanceof RowsMissing)) throw error;
      await loadWanted(db, known, error.want);
    }
  }
}

/** Loads at once what operations name by themselves: their holds, and the budgets of their calls. The organization may be locked in the same go. */
export async function loadNamed(db: Queryable, known: KnownOrganization, asked: Asked): Promise<void> {
  const keys = keysIn(asked).filter((key) => !known.holds.has(key));
  const calls = asked.flatMap((operation) => ('call' in operation ? operation.call : []));
  const [holds] = await Promise.all([loadHolds(db, known.organizationId, keys), loadCalls(db, known, calls)]);
  for (const key of keys) known.holds.set(key, null);
  for (const hold of holds) known.holds.set(hold.key, hold);
}

/** Then what follows from those: budgets of the holds' calls, and the balances that all of them count in. */
export async function loadFollowing(db: Queryable, known: KnownOrganization, asked: Asked): Promise<void> {
  const holds = keysIn(asked).flatMap((key) => known.holds.get(key) ?? []);
  const names = asked.flatMap(budgetNamedIn);
  // A known key's call decides with it: its hold may have to grow, or be decided anew.
  const calls = [...holds.map(({ call }) => call), ...asked.flatMap((operation) => ('call' in operation ? operation.call : []))];
  await Promise.all([loadCalls(db, known, calls), loadBudgets(db, known, names)]);
  const since = new Map<string, number>();
  const want = (budgetId: string, at: number) => since.set(budgetId, Math.min(at, since.get(budgetId) ?? at));
  const firstAt = Math.min(...asked.map(({ at }) => at));
  for (const call of calls) for (const { budgetId } of known.budgetsFor.get(callKey(call)) ?? []) want(budgetId, firstAt);
  for (const line of holds.flatMap(linesOf)) want(line.budgetId, line.periodStart);
  // Whoever changes or closes a budget looks at all its months.
  for (const budgetId of names) want(budgetId, Number.MIN_SAFE_INTEGER);
  await loadBalancesSince(db, known, since);
}

function budgetNamedIn(operation: Operation | Check): readonly string[] {
  if (operation.kind === 'putBudget') return [operation.budget.budgetId];
  return 'budgetId' in operation ? [operation.budgetId] : [];
}

function linesOf(hold: Hold): readonly { budgetId: string; periodStart: number }[] {
  return [...hold.lines, ...hold.attempts.flatMap(({ lines }) => lines), ...hold.counted];
}

async function loadWanted(db: Queryable, known: KnownOrganization, want: Want): Promise<void> {
  switch (want.kind) {
    case 'hold': {
      const [hold = null] = await loadHolds(db, known.organizationId, [want.key]);
      known.holds.set(want.key, hold);
      return;
    }
    case 'call':
      return loadCalls(db, known, [want.call]);
    case 'budget':
      return loadBudgets(db, known, [want.budgetId]);
    case 'balances':
      return loadBalancesSince(db, known, new Map([[want.budgetId, want.since]]));
    case 'overdue':
      return loadOverdueHolds(db, known, want.at, want.most);
    case 'prunable':
      return loadPrunablePage(db, known, want.before, want.most);
  }
}

async function loadOverdueHolds(db: Queryable, known: KnownOrganization, at: number, most: number): Promise<void> {
  const holds = await loadOverdue(db, known.organizationId, known.clearThrough, at, Number.isFinite(most) ? most : null);
  known.overdue = { at, most, holds };
  // Found once, it need not be looked for again.
  if (holds.length === 0) known.clearThrough = Math.max(known.clearThrough, at);
  for (const hold of holds) known.holds.set(hold.key, hold);
  const since = firstStarts(holds.flatMap(linesOf));
  // What they are charged may cross thresholds.
  await Promise.all([loadBalancesSince(db, known, since), loadBudgets(db, known, [...since.keys()])]);
}

async function loadPrunablePage(db: Queryable, known: KnownOrganization, before: number, most: number): Promise<void> {
  const page = await loadPrunable(db, known.organizationId, before, most);
  known.prunable = { ...page, before, most };
  for (const hold of page.holds) known.holds.set(hold.key, hold);
  await loadBalancesSince(db, known, firstStarts([...page.holds.flatMap(linesOf), ...page.entries]));
}

/** Of each budget, the first month that one of the lines is in. */
function firstStarts(lines: readonly { readonly budgetId: string | null; readonly periodStart: number | null }[]): Map<string, number> {
  const since = new Map<string, number>();
  for (const { budgetId, periodStart } of lines) {
    if (budgetId === null || periodStart === null) continue;
    since.set(budgetId, Math.min(periodStart, since.get(budgetId) ?? periodStart));
  }
  return since;
}

async function loadCalls(db: Queryable, known: KnownOrganization, calls: readonly Scope[]): Promise<void> {
  const unknown = new Map(
    calls.map((call) => [callKey(call), call]).filter(([key]) => !known.budgetsFor.has(key as string)) as [string, Scope][],
  );
  if (unknown.size === 0) return;
  const budgets = await loadBudgetsFor(db, known.organizationId, [...unknown.values()]);
  for (const [key, call] of unknown) {
    known.budgetsFor.set(
      key,
      budgets.filter(({ scope }) => applies(scope, call)),
    );
  }
  for (const budget of budgets) known.named.set(budget.budgetId, budget);
}

async function loadBudgets(db: Queryable, known: KnownOrganization, budgetIds: readonly string[]): Promise<void> {
  const unknown = budgetIds.filter((budgetId) => !known.named.has(budgetId));
  if (unknown.length === 0) return;
  const budgets = await loadBudgetsNamed(db, known.organizationId, unknown);
  for (const budgetId of unknown) known.named.set(budgetId, null);
  for (const budget of budgets) known.named.set(budget.budgetId, budget);
}

async function loadBalancesSince(db: Queryable, known: KnownOrganization, wanted: ReadonlyMap<string, number>): Promise<void> {
  const since = new Map([...wanted].filter(([budgetId, at]) => at < (known.balances.get(budgetId)?.since ?? Infinity)));
  if (since.size === 0) return;
  for (const [budgetId, rows] of await loadBalances(db, known.organizationId, since)) {
    known.balances.set(budgetId, { rows, since: coverage(rows, since.get(budgetId) ?? Infinity) });
  }
}

// The first row returned contains `since` or is the last before it; when there is none, nothing is earlier either.
// A whole number, since it is asked for again: PostgreSQL's bigint knows no infinity.
function coverage(rows: readonly Balance[], since: number): number {
  const first = rows[0]?.period.start ?? Infinity;
  return first <= since ? first : Number.MIN_SAFE_INTEGER;
}
