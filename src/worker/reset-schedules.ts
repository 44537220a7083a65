import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client, type ScheduleOptions } from '@temporalio/client';
import type { ResetSchedules } from '../../activities';
import { resetScheduleId, TASK_QUEUE, WorkflowName } from '../contract/names/workflows';
import type { ResetRequest, ZoneInUse } from '../contract/payloads/reset';
import { isTimeZone } from '../domain/period';
import { updateSchedule, type Firings } from './update-schedule';

const ID = /^monthly-reset\/([^@]+)@(.+)$/;

/**
 * The Schedules that start `monthlyReset` in each zone, just after the midnights on which months can turn there. Their ids are
 * `monthly-reset/{zone}@{task queue}`.
 */
export function createResetSchedules({ schedule }: Pick<Client, 'schedule'>, taskQueue: string = TASK_QUEUE): ResetSchedules {
  return {
    scheduled: async () => {
      const timeZones: string[] = [];
      for await (const { scheduleId } of schedule.list()) {
        const [, timeZone = '', queue] = ID.exec(scheduleId) ?? [];
        if (queue === taskQueue && isTimeZone(timeZone)) timeZones.push(timeZone);
      }
      return timeZones;
    },
    put: async (zone) => {
      const options = optionsOf(zone, taskQueue);
      try {
        await schedule.create(options);
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        // Whatever an operator changed besides, a pause say, stays.
        await updateSchedule(schedule, options.scheduleId, firingsOf(zone));
      }
    },
    remove: async (timeZone) => {
      try {
        await schedule.getHandle(resetScheduleId(taskQueue, timeZone)).delete();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
  };
}

// Twice a day: what a change of clocks swallows, the other catches. A firing with nothing to close changes nothing.
function firingsOf({ timeZone, anchorDays }: ZoneInUse): Firings {
  return { timeZone, dayOfMonth: firingDays(anchorDays), hour: [0, 3], minute: [5] };
}

function optionsOf(zone: ZoneInUse, taskQueue: string): ScheduleOptions {
  const { timeZone, ...calendar } = firingsOf(zone);
  const scheduleId = resetScheduleId(taskQueue, timeZone);
  return {
    scheduleId,
    spec: { calendars: [calendar], timezone: timeZone },
    policies: { overlap: 'SKIP' },
    state: { note: `Closes the ended months of budgets in ${timeZone}. A manual trigger is harmless.` },
    action: {
      type: 'startWorkflow',
      workflowType: WorkflowName.monthlyReset,
      workflowId: scheduleId,
      taskQueue,
      args: [{ timeZone } satisfies ResetRequest],
      staticSummary: `Closes the months of budgets in ${timeZone}`,
    },
  };
}

/** The days on which months turn: an anchor day that a month lacks is its last one. Day 1 too: a calendar month is what most expect. */
export function firingDays(anchorDays: readonly number[]): number[] {
  const days = new Set([1]);
  for (const anchorDay of anchorDays) {
    days.add(anchorDay);
    for (let last = 28; last < anchorDay; last += 1) days.add(last);
  }
  return [...days].sort((a, b) => a - b);
}
