import type { BudgetStore } from './budget-store';

/** Where it is counted what is decided and charged. */
export interface LedgerCounters {
  decided(outcome: 'granted' | 'denied'): void;
  /** More than 0. Where an assumed cost turns out to be lower, what was counted is not taken back: counters only grow. */
  charged(usd: number): void;
}

/** The store, counting what is decided and charged through it: by what the ledger did, so an answer given again is not counted again. */
export function countedStore<Store extends Pick<BudgetStore, 'applyBatch'>>(store: Store, counters: LedgerCounters): Store {
  const applyBatch: BudgetStore['applyBatch'] = async (organizationId, operations) => {
    const outcomes = await store.applyBatch(organizationId, operations);
    for (const outcome of outcomes) {
      if (!outcome.ok) continue;
      const { decided, chargedMicroUsd } = outcome.effect;
      if (decided !== null) counters.decided(decided);
      if (chargedMicroUsd > 0) counters.charged(chargedMicroUsd / 1_000_000);
    }
    return outcomes;
  };
  return { ...store, applyBatch };
}
