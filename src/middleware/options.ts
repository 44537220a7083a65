import type { BudgetedCall, GovernanceService } from '../governance';
import type { BudgetStore } from '../store/budget-store';

/** The ledger that a guard asks: a service, which it initializes, or a store. Their owner closes them, after `idle`. */
export type GuardLedger = { readonly service: GovernanceService } | { readonly store: BudgetStore };

export type GuardOptions<Request> = GuardLedger & {
  /** For whom the work is done. Take the ids from what you have authenticated. */
  readonly call: (request: Request) => BudgetedCall | Promise<BudgetedCall>;
  /** USD that are held while the work runs, and charged where nobody says what it has cost. */
  readonly estimatedCost: number | ((request: Request) => number | Promise<number>);
  /** Unique in the organization, and used once. Default: the request's Idempotency-Key; where it has none, one of its own. */
  readonly key?: (request: Request) => string | undefined;
  /** How long the hold lives without a sign of life, which the guard gives while the work runs: for when the process dies. Default 10 minutes. */
  readonly ttlMs?: number;
  /** Epoch milliseconds; for tests. Default: this machine's clock. */
  readonly now?: () => number;
};

export function storeOf(ledger: GuardLedger): Promise<BudgetStore> {
  return 'store' in ledger ? Promise.resolve(ledger.store) : ledger.service.initialize().then(() => ledger.service.store);
}
