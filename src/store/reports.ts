import { budgetStatusPayload, type BudgetStatusPayload } from '../contract/payloads/budget-status';
import { entryPayload, type EntryPayload } from '../contract/payloads/entry';
import { statementPayload, type StatementPayload } from '../contract/payloads/statement';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { weekContaining } from '../domain/period';
import { statementsOf } from '../domain/statement';
import { statusOf } from '../domain/status';
import type { BudgetStore } from './budget-store';

type Reading = Pick<BudgetStore, 'budget' | 'balances' | 'chargedIn'>;

/** What there is to know of a budget at `at` (epoch milliseconds), in USD; null where there is none of this id. */
export async function budgetStatus(
  store: Reading,
  organizationId: string,
  budgetId: string,
  at: number,
): Promise<BudgetStatusPayload | null> {
  const budget = await store.budget(organizationId, budgetId);
  if (budget === undefined) return null;
  const week = weekContaining(at, budget.timeZone);
  const [balances, chargedMicroUsd] = await Promise.all([
    allBalances(store, organizationId, budgetId),
    store.chargedIn(organizationId, budgetId, week),
  ]);
  return budgetStatusPayload(statusOf(budget, balances, at), { ...week, chargedMicroUsd }, at);
}

/** A budget's closed periods, the oldest first; also of one that was removed. */
export async function statements(
  store: Pick<BudgetStore, 'balances'>,
  organizationId: string,
  budgetId: string,
): Promise<readonly StatementPayload[]> {
  return statementsOf(await allBalances(store, organizationId, budgetId)).map(statementPayload);
}

/** Which entries: of one budget, unless all of the organization; after an entry's id; at most so many, 100 unless told, 1,000 at most. */
export interface EntriesPage {
  readonly budgetId?: string;
  readonly after?: number;
  readonly most?: number;
}

const MOST_ENTRIES = 1_000;

/** Ledger entries in the order of writing, with what callers noted on them. Throws InvalidRequest for a page that is none. */
export async function entries(
  store: Pick<BudgetStore, 'entries'>,
  organizationId: string,
  { budgetId, after = 0, most = 100 }: EntriesPage = {},
): Promise<readonly EntryPayload[]> {
  if (!Number.isSafeInteger(after) || !Number.isSafeInteger(most) || after < 0 || most < 1 || most > MOST_ENTRIES) {
    const wanted = `after must be an entry's id or 0, and most from 1 to ${String(MOST_ENTRIES)}`;
    throw new DomainError(DomainErrorCode.invalidRequest, `${wanted}, not ${String(after)} and ${String(most)}`);
  }
  return (await store.entries(organizationId, budgetId ?? null, after, most)).map(entryPayload);
}

function allBalances(store: Pick<BudgetStore, 'balances'>, organizationId: string, budgetId: string) {
  return store.balances(organizationId, budgetId, Number.MIN_SAFE_INTEGER);
}
