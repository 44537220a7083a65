import type { ScheduleClient } from '@temporalio/client';
import { syncSchedules } from '../../activities';
import { resetScheduleId } from '../../src/contract/names/workflows';
import type { ResetProgress } from '../../src/contract/payloads/reset';
import { statements } from '../../src/store/reports';
import { createResetSchedules, firingDays } from '../../src/worker/reset-schedules';
import { createDatabase } from '../support/database';
import { budgetOf } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

const DAY = 86_400_000;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({}, { databaseUrl: await createDatabase(setting('TEST_DATABASE_URL')) });
});
afterAll(() => harness.stop());

test.each<[string, number[], number[]]>([
  ['no budget left', [], [1]],
  ['day 1', [1], [1]],
  ['several', [15, 1, 20], [1, 15, 20]],
  ['29 is February’s last, or not there', [29], [1, 28, 29]],
  ['vector 75: 31 is the last day of every month', [31], [1, 28, 29, 30, 31]],
])('anchor days, %s: resets fire on the days that months can turn', (_name, anchorDays, days) => {
  expect(firingDays(anchorDays)).toEqual(days);
});

async function firings(timeZone: string): Promise<string[]> {
  const handle = harness.temporal.schedule.getHandle(resetScheduleId(harness.taskQueue, timeZone));
  const { info } = await handle.describe();
  return info.nextActionTimes.map((date) => date.toLocaleString('sv', { timeZone }).slice(8));
}

async function scheduledZones(): Promise<readonly string[]> {
  return [...(await createResetSchedules(harness.temporal, harness.taskQueue).scheduled())].sort();
}

const sync = (known: Parameters<typeof syncSchedules>[2] = null) =>
  syncSchedules(harness.store, createResetSchedules(harness.temporal, harness.taskQueue), known);

test('a Schedule per zone in use, after its midnights, comes and goes with the budgets', async () => {
  const { store } = harness;
  const tokyo = { ...budgetOf('acme', {}), budgetId: 'tokyo', timeZone: 'Asia/Tokyo' };
  await store.putBudget(tokyo, Date.now() - 40 * DAY);
  await store.putBudget({ ...budgetOf('acme', {}), budgetId: 'berlin', timeZone: 'Europe/Berlin', anchorDay: 15 }, Date.now());
  const known = (await sync()).zones;
  expect(await eventually(scheduledZones, (zones) => zones.length === 2)).toEqual(['Asia/Tokyo', 'Europe/Berlin']);
  expect((await firings('Asia/Tokyo')).slice(0, 3)).toEqual(['01 00:05:00', '01 03:05:00', '01 00:05:00']);
  expect(new Set(await firings('Europe/Berlin'))).toEqual(new Set(['01 00:05:00', '01 03:05:00', '15 00:05:00', '15 03:05:00']));

  // An anchor day that comes into use; an operator's pause is kept, once it is there: the server answers before it is.
  const schedule = harness.temporal.schedule.getHandle(resetScheduleId(harness.taskQueue, 'Asia/Tokyo'));
  const isPaused = async () => (await schedule.describe()).state.paused;
  await schedule.pause();
  await eventually(isPaused, (paused) => paused);
  await store.putBudget({ ...tokyo, anchorDay: 10 }, Date.now());
  await sync(known);
  const days = async () => (await firings('Asia/Tokyo')).map((at) => at.slice(0, 2));
  expect(await eventually(days, (found) => found.includes('10'))).toContain('10');
  expect(await isPaused()).toBe(true);

  // Removed: its zone stays until the period that runs is closed, and so is every one that ended.
  await store.removeBudget('acme', 'tokyo', Date.now());
  await sync();
  expect(await scheduledZones()).toContain('Asia/Tokyo');
  await store.applyBatch('acme', [{ kind: 'closePeriods', budgetId: 'tokyo', at: Date.now() + 80 * DAY }]);
  await sync();
  expect(await eventually(scheduledZones, (zones) => zones.length === 1)).toEqual(['Europe/Berlin']);
  await sync([{ timeZone: 'Asia/Tokyo', anchorDays: [1] }]);
});

test('a pause that comes between the look at a Schedule and the write to it is kept, and the write lands all the same', async () => {
  const { temporal, taskQueue } = harness;
  const there = temporal.schedule.getHandle(resetScheduleId(taskQueue, 'Africa/Cairo'));
  await createResetSchedules(temporal, taskQueue).put({ timeZone: 'Africa/Cairo', anchorDays: [1] });
  const looks = jest.fn(async () => {
    const found = await there.describe();
    if (looks.mock.calls.length > 1) return found;
    await there.pause('by an operator');
    await eventually(
      () => there.describe(),
      ({ state }) => state.paused,
    );
    return found;
  });
  const schedule = Object.create(temporal.schedule, { getHandle: { value: () => ({ ...there, describe: looks }) } }) as ScheduleClient;
  await createResetSchedules({ schedule }, taskQueue).put({ timeZone: 'Africa/Cairo', anchorDays: [10] });
  expect(looks.mock.calls.length).toBeGreaterThan(2);
  expect((await there.describe()).state).toMatchObject({ paused: true, note: 'by an operator' });
  expect(new Set((await firings('Africa/Cairo')).map((at) => at.slice(0, 2)))).toEqual(new Set(['01', '10']));
});

test('what is put again as it is, is not written', async () => {
  const zone = { timeZone: 'Asia/Dhaka', anchorDays: [5, 31] };
  const schedules = createResetSchedules(harness.temporal, harness.taskQueue);
  await schedules.put(zone);
  const updates = jest.spyOn(harness.temporal.workflowService, 'updateSchedule');
  await schedules.put(zone);
  await schedules.put({ ...zone, anchorDays: [5] });
  expect(updates).toHaveBeenCalledTimes(1);
  updates.mockRestore();
});

test('a manual trigger closes what ended; another one changes nothing', async () => {
  const { store, temporal, taskQueue } = harness;
  await store.putBudget({ ...budgetOf('globex', {}), timeZone: 'America/New_York' }, Date.now() - 40 * DAY);
  await sync();
  const schedule = temporal.schedule.getHandle(resetScheduleId(taskQueue, 'America/New_York'));
  const runs = async () => (await schedule.describe()).info.recentActions.map(({ action }) => action.workflow);
  const triggerAndWait = async (count: number) => {
    await schedule.trigger();
    const run = (await eventually(runs, (found) => found.length === count)).at(-1);
    return (await temporal.workflow.getHandle(run?.workflowId ?? '').result()) as ResetProgress;
  };
  expect(await triggerAndWait(1)).toMatchObject({ timeZone: 'America/New_York', budgets: 1, notClosed: 0 });
  const first = await statements(store, 'globex', 'monthly');
  expect(first.length).toBeGreaterThan(0);
  expect(await triggerAndWait(2)).toMatchObject({ budgets: 0, periods: 0, isDone: true });
  expect(await statements(store, 'globex', 'monthly')).toEqual(first);
});

test('the worker’s maintenance schedules by itself', async () => {
  const other = await startHarness({}, { databaseUrl: await createDatabase(setting('TEST_DATABASE_URL')) });
  try {
    await other.store.putBudget({ ...budgetOf('initech', {}), timeZone: 'Asia/Kathmandu' }, Date.now());
    await eventually(
      async () =>
        other.temporal.schedule
          .getHandle(resetScheduleId(other.taskQueue, 'Asia/Kathmandu'))
          .describe()
          .then(
            () => true,
            () => false,
          ),
      (isScheduled) => isScheduled,
    );
  } finally {
    await other.stop();
  }
});
