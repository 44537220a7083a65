import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { perform, type BudgetStore } from './budget-store';

/** What a pruning took away: holds were reduced, the others are gone. */
export interface PrunedCounts {
  readonly holds: number;
  readonly entries: number;
  readonly alerts: number;
}

/** How many rows of a kind one transaction prunes: callers of the organization wait for it some 30 ms (p99, 2 cores). */
const PAGE = 200;

export interface PrunedPage {
  readonly organizationId: string;
  readonly holds: number;
  readonly entries: number;
  /** What went wrong; the organization is left alone then. */
  readonly failure: { readonly error: unknown } | null;
}

/**
 * Prunes the ledgers of organizations, a page at a time and in turn, so that none waits for a large one; each page in a transaction of its
 * own, with a rest as long as it took, so that callers have at least half of the time. Yields what each page took away; ends when nothing
 * old is left. Whoever has had enough stops asking.
 */
export async function* prunePages(
  store: Pick<BudgetStore, 'applyBatch'>,
  organizations: readonly string[],
  { at, before }: { at: number; before: number },
): AsyncGenerator<PrunedPage> {
  const left = new Set(organizations);
  while (left.size > 0) {
    for (const organizationId of left) {
      const began = performance.now();
      try {
        const { isComplete, ...counts } = await perform(store, organizationId, { kind: 'prune', at, before, most: PAGE });
        if (isComplete) left.delete(organizationId);
        yield { organizationId, ...counts, failure: null };
      } catch (error) {
        left.delete(organizationId);
        yield { organizationId, holds: 0, entries: 0, failure: { error } };
      }
      if (left.size > 0) await pause(performance.now() - began);
    }
  }
}
