import { createAlertActivities } from './alerts';
import { createClosingActivities } from './close-periods';
import type { ActivityDependencies } from './dependencies';
import { createAgentActivities } from './execute-agent';
import { createMaintenanceActivities } from './maintenance';
import { createReserveActivities } from './reserve';
import { createScheduleActivities } from './reset-schedules';
import { createSettleActivities } from './settle';

export { withAttempt, type HoldReference, type StartedAttempt } from './attempt';
export type { ActivityDependencies, ResetSchedules } from './dependencies';
export { syncSchedules } from './reset-schedules';

/** Everything that workflows ask a worker to do. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...createReserveActivities(dependencies),
    ...createSettleActivities(dependencies),
    ...createAgentActivities(dependencies),
    ...createMaintenanceActivities(dependencies),
    ...createClosingActivities(dependencies),
    ...createAlertActivities(dependencies),
    ...createScheduleActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
