import { performance } from 'node:perf_hooks';
import { assertRetention } from '../src/contract/retention';
import { prunedBefore } from '../src/domain/retention';
import { prunePages, type PrunedCounts } from '../src/store/prune-pages';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';

/** How long one pruning goes on: maintenance has other things to do, and comes back. */
const PATIENCE_MS = 10_000;
const ALERTS_PAGE = 500;

export interface PruneProgress extends PrunedCounts {
  /** Nothing is left that is old enough. */
  readonly isComplete: boolean;
}

export function createPruneActivities({ store, retentionDays = null }: Pick<ActivityDependencies, 'store' | 'retentionDays'>) {
  assertRetention('retentionDays', retentionDays);

  async function pruneFor(at: number, before: number): Promise<PruneProgress> {
    const enoughAt = performance.now() + PATIENCE_MS;
    const done = { holds: 0, entries: 0, alerts: await store.pruneAlerts(null, before, ALERTS_PAGE) };
    const failures: string[] = [];
    let isComplete = done.alerts < ALERTS_PAGE;
    for await (const { organizationId, holds, entries, failure } of prunePages(store, await store.prunableOrganizations(at, before), {
      at,
      before,
    })) {
      done.holds += holds;
      done.entries += entries;
      // One that fails does not keep the others from their turn.
      if (failure !== null) failures.push(`${organizationId}: ${messageOf(failure.error)}`);
      if (performance.now() < enoughAt) continue;
      isComplete = false;
      break;
    }
    if (failures.length > 0) throw new Error(`Could not be pruned: ${failures.slice(0, 10).join('; ')}`);
    return { ...done, isComplete };
  }

  return {
    /** Prunes what is older at `at` than this worker keeps, for some seconds. Where all is kept for ever, it does nothing. */
    pruneLedger: (at: number): Promise<PruneProgress> =>
      withNamedFailures(() => {
        if (retentionDays === null) return Promise.resolve({ holds: 0, entries: 0, alerts: 0, isComplete: true });
        return pruneFor(at, prunedBefore(at, retentionDays));
      }),
  };
}
