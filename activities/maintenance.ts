import { perform } from '../src/store/budget-store';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';

export function createMaintenanceActivities({ store }: Pick<ActivityDependencies, 'store'>) {
  async function expireIn(organizationId: string, at: number): Promise<number> {
    let expired = 0;
    for (let isComplete = false; !isComplete;) {
      const page = await perform(store, organizationId, { kind: 'expire', at });
      expired += page.expired;
      ({ isComplete } = page);
    }
    return expired;
  }

  return {
    /**
     * Ends every hold that should have ended by `at`, organization by organization. One that fails does not keep the others
     * from their turn; the failure shows in the end, and the next sweep tries again. Returns how many there were.
     */
    expireOverdueHolds: (at: number): Promise<number> =>
      withNamedFailures(async () => {
        let expired = 0;
        const failures: string[] = [];
        for (const organizationId of await store.sweepableOrganizations(at)) {
          try {
            expired += await expireIn(organizationId, at);
          } catch (error) {
            failures.push(`${organizationId}: ${messageOf(error)}`);
          }
        }
        // Not a domain error: whatever keeps one organization back must not end maintenance for all.
        if (failures.length > 0) throw new Error(`Holds could not be expired in ${failures.slice(0, 10).join('; ')}`);
        return expired;
      }),
  };
}
