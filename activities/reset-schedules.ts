import type { ScheduledZones } from '../src/contract/payloads/reset';
import type { BudgetStore } from '../src/store/budget-store';
import type { ActivityDependencies, ResetSchedules } from './dependencies';
import { withNamedFailures } from './failures';

export function createScheduleActivities({ store, resetSchedules }: Pick<ActivityDependencies, 'store' | 'resetSchedules'>) {
  return {
    /** Makes and removes Schedules as budgets come and go. Told what it answered last, it asks the server nothing that it knows. */
    syncResetSchedules: (known: ScheduledZones | null): Promise<ScheduledZones> =>
      withNamedFailures(async () => (resetSchedules === undefined ? [] : syncSchedules(store, resetSchedules, known))),
  };
}

/**
 * Brings the Schedules in line with the zones in use, and returns those. A zone that the server refuses keeps no other from its
 * Schedule; the failure shows in the end.
 */
export async function syncSchedules(
  store: Pick<BudgetStore, 'zonesInUse'>,
  schedules: ResetSchedules,
  known: ScheduledZones | null = null,
): Promise<ScheduledZones> {
  const inUse = await store.zonesInUse();
  const daysKnown = new Map(known?.map(({ timeZone, anchorDays }) => [timeZone, anchorDays.join()]));
  const scheduled = known?.map(({ timeZone }) => timeZone) ?? (await schedules.scheduled());
  const isWanted = new Set(inUse.map(({ timeZone }) => timeZone));
  const failures: string[] = [];
  const attempt = async (timeZone: string, change: Promise<void>) => {
    await change.catch((error: unknown) => failures.push(`${timeZone}: ${error instanceof Error ? error.message : String(error)}`));
  };
  for (const zone of inUse) {
    if (daysKnown.get(zone.timeZone) !== zone.anchorDays.join()) await attempt(zone.timeZone, schedules.put(zone));
  }
  for (const timeZone of scheduled) if (!isWanted.has(timeZone)) await attempt(timeZone, schedules.remove(timeZone));
  if (failures.length > 0) throw new Error(`Resets could not be scheduled in ${failures.slice(0, 10).join('; ')}`);
  return inUse;
}
