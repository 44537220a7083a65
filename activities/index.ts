import type { ActivityDependencies } from './dependencies';
import { createAgentActivities } from './execute-agent';
import { createMaintenanceActivities } from './maintenance';
import { createReserveActivities } from './reserve';
import { createSettleActivities } from './settle';

export { withAttempt, type HoldReference, type StartedAttempt } from './attempt';
export type { ActivityDependencies } from './dependencies';

/** Everything that workflows ask a worker to do. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...createReserveActivities(dependencies),
    ...createSettleActivities(dependencies),
    ...createAgentActivities(dependencies),
    ...createMaintenanceActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
