import type { ScheduledZones, ZoneInUse } from '../src/contract/payloads/reset';
import type { BudgetStore } from '../src/store/budget-store';
import type { ActivityDependencies, ResetSchedules } from './dependencies';
import { messageOf, withNamedFailures } from './failures';

export function createScheduleActivities({ store, resetSchedules }: Pick<ActivityDependencies, 'store' | 'resetSchedules'>) {
  return {
    /** Makes and removes Schedules as budgets come and go. Told what it answered last, it asks the server nothing that it knows. */
    syncResetSchedules: (known: readonly ZoneInUse[] | null): Promise<ScheduledZones> =>
      withNamedFailures(async () => syncSchedules(store, resetSchedules ?? null, known)),
  };
}

const ZONES_AT_ONCE = 10;

/**
 * Brings the Schedules in line with the zones in use. A zone that the server refuses keeps no other from its Schedule, and is
 * tried again the next time. `known` are the zones that were seen to before; without it, the server is asked what there is.
 */
export async function syncSchedules(
  store: Pick<BudgetStore, 'zonesInUse'>,
  schedules: ResetSchedules | null,
  known: readonly ZoneInUse[] | null = null,
): Promise<ScheduledZones> {
  if (schedules === null) return { zones: [], failures: [] };
  const inUse = await store.zonesInUse();
  const seenTo = new Set<string>();
  const failures: string[] = [];
  const failed = (what: string) => (error: unknown) => {
    failures.push(`${what}: ${messageOf(error)}`);
    return false;
  };
  const daysKnown = new Map(known?.map(({ timeZone, anchorDays }) => [timeZone, anchorDays.join()]));
  // Some at once: a change is looked for once it is made, which takes a moment each.
  const waiting = inUse.values();
  const work = async () => {
    for (const zone of waiting) {
      const isKnown = daysKnown.get(zone.timeZone) === zone.anchorDays.join();
      if (isKnown || (await schedules.put(zone).then(() => true, failed(zone.timeZone)))) seenTo.add(zone.timeZone);
    }
  };
  await Promise.all(Array.from({ length: ZONES_AT_ONCE }, work));
  const zones = inUse.filter(({ timeZone }) => seenTo.has(timeZone));
  // Made first, looked for after: a namespace may have many Schedules, none of which must keep ours from being there.
  const isWanted = new Set(inUse.map(({ timeZone }) => timeZone));
  const there = known?.map(({ timeZone }) => timeZone) ?? (await schedules.scheduled());
  for (const timeZone of there) {
    if (isWanted.has(timeZone)) continue;
    const isRemoved = await schedules.remove(timeZone).then(() => true, failed(timeZone));
    if (!isRemoved) zones.push({ timeZone, anchorDays: [] });
  }
  return { zones, failures };
}
