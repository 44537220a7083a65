import { countedStore } from '../src/store/counted-store';
import { createAlertActivities } from './alerts';
import { budgetMetrics } from './budget-metrics';
import { createClosingActivities } from './close-periods';
import type { ActivityDependencies } from './dependencies';
import { createAgentActivities } from './execute-agent';
import { createMaintenanceActivities } from './maintenance';
import { createPruneActivities } from './prune';
import { createReserveActivities } from './reserve';
import { createScheduleActivities } from './reset-schedules';
import { createSettleActivities } from './settle';

export { withAttempt, type HoldReference, type StartedAttempt } from './attempt';
export type { ActivityDependencies, ResetSchedules } from './dependencies';
export { syncSchedules } from './reset-schedules';

/** Everything that workflows ask a worker to do. */
export function createActivities(dependencies: ActivityDependencies) {
  const counted = { ...dependencies, store: countedStore(dependencies.store, budgetMetrics) };
  return {
    ...createReserveActivities(counted),
    ...createSettleActivities(counted),
    // Counts by `withAttempt`, as users' own activities do.
    ...createAgentActivities(dependencies),
    ...createMaintenanceActivities(counted),
    ...createClosingActivities(dependencies),
    ...createAlertActivities(dependencies),
    ...createScheduleActivities(dependencies),
    ...createPruneActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
