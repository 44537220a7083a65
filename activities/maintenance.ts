import { perform } from '../src/store/budget-store';
import type { ActivityDependencies } from './dependencies';
import { withNamedFailures } from './failures';

export function createMaintenanceActivities({ store }: Pick<ActivityDependencies, 'store'>) {
  return {
    /** Ends every hold that should have ended by `at`, organization by organization. Returns how many there were. */
    expireOverdueHolds: (at: number): Promise<number> =>
      withNamedFailures(async () => {
        let expired = 0;
        for (const organizationId of await store.overdueOrganizations(at)) {
          expired += (await perform(store, organizationId, { kind: 'expire', at })).expired;
        }
        return expired;
      }),
  };
}
