import { ScheduleClient, type ConnectionLike, type WorkflowService } from '@temporalio/client';
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

type Update = Parameters<WorkflowService['updateSchedule']>[0];

describe('a Schedule that somebody changes while it is put', () => {
  const timeZone = 'Africa/Cairo';
  const daysOf = async () => new Set((await firings(timeZone)).map((at) => at.slice(0, 2)));
  /** On a connection on which some calls go otherwise. */
  const schedulesWith = (calls: (service: WorkflowService) => { updateSchedule?: (update: Update) => Promise<object> }) => {
    const { connection } = harness.temporal;
    const workflowService = Object.assign(Object.create(connection.workflowService), calls(connection.workflowService)) as WorkflowService;
    const other = Object.create(connection, { workflowService: { value: workflowService } }) as ConnectionLike;
    return createResetSchedules({ schedule: new ScheduleClient({ connection: other }) }, harness.taskQueue);
  };
  beforeAll(() => schedulesWith(() => ({})).put({ timeZone, anchorDays: [1] }));

  test('a pause between the look and the write is kept, and the write lands all the same', async () => {
    const there = harness.temporal.schedule.getHandle(resetScheduleId(harness.taskQueue, timeZone));
    let writes = 0;
    const schedules = schedulesWith((service) => ({
      updateSchedule: async (update) => {
        writes += 1;
        if (writes === 1) {
          await there.pause('by an operator');
          await eventually(
            () => there.describe(),
            ({ state }) => state.paused,
          );
        }
        return service.updateSchedule(update);
      },
    }));
    await schedules.put({ timeZone, anchorDays: [10] });
    expect(writes).toBeGreaterThan(1);
    expect((await there.describe()).state).toMatchObject({ paused: true, note: 'by an operator' });
    expect(await daysOf()).toEqual(new Set(['01', '10']));
  });

  test('a write that a server refuses for that, instead of dropping it, is made again', async () => {
    let writes = 0;
    const refusal = { code: 9, details: 'mismatched conflict token', metadata: { get: () => [] } };
    const schedules = schedulesWith((service) => ({
      updateSchedule: (update) => {
        writes += 1;
        if (writes > 1) return service.updateSchedule(update);
        return Promise.reject(Object.assign(new Error('9 FAILED_PRECONDITION: mismatched conflict token'), refusal));
      },
    }));
    await schedules.put({ timeZone, anchorDays: [20] });
    expect(await daysOf()).toEqual(new Set(['01', '20']));
  });

  test('one that takes no change is told', async () => {
    const schedules = schedulesWith(() => ({ updateSchedule: () => Promise.resolve({}) }));
    await expect(schedules.put({ timeZone, anchorDays: [5] })).rejects.toThrow(/was not seen to change: 10 tries/);
  });
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
