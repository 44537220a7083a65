import { randomUUID } from 'node:crypto';
import { letMonthPass, putBudgets } from '../../bench/months';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { isFull } from '../support/extent';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';
import { closedIn, resultsOfCron } from '../support/resets';
import { startSkippingTime, TIME_QUEUE } from '../support/time-skipping';

/** Three pages of 500, the last not full. */
const THREE_PAGES = 1_100;
const ORGANIZATIONS = 11;
const MONTHS = isFull ? [1, 2, 3] : [1, 2];

const ended: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ended.reverse()) await end();
});

test('months with three pages of budgets each, time-skipping server: every month closes every budget', async () => {
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  const store = createPostgresStore(databaseUrl);
  ended.push(() => store.close());
  const time = await startSkippingTime(store);
  ended.push(() => time.stop());

  await putBudgets(store, ORGANIZATIONS, THREE_PAGES / ORGANIZATIONS, await time.now());
  const options = { workflowId: 'monthly-reset', taskQueue: TIME_QUEUE, cronSchedule: '0 0 1 * *', args: [] };
  const { firstExecutionRunId } = await time.client.workflow.start('monthlyReset', options);
  for (const month of MONTHS) {
    const now = new Date(await time.now());
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    await time.sleep(end + 60_000 - now.getTime());
    await eventually(
      () => closedIn(databaseUrl, end),
      (closed) => closed.periods === month * THREE_PAGES,
    );
    expect(await closedIn(databaseUrl, end)).toEqual({ periods: month * THREE_PAGES, budgets: THREE_PAGES, waiting: 0 });
  }
  const results = await resultsOfCron(time.client, 'monthly-reset', firstExecutionRunId);
  expect(results.map(({ pages, budgets, notClosed }) => ({ pages, budgets, notClosed }))).toEqual(
    MONTHS.map(() => ({ pages: 3, budgets: THREE_PAGES, notClosed: 0 })),
  );
});

test('the same on the dev server, under a cron of seconds, which goes on from month to month', async () => {
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  const harness = await startHarness({}, { databaseUrl });
  ended.push(() => harness.stop());
  const { store, temporal, taskQueue } = harness;
  await putBudgets(store, ORGANIZATIONS, THREE_PAGES / ORGANIZATIONS, Date.now());
  const workflowId = `cron-${randomUUID()}`;
  const cron = await temporal.workflow.start('monthlyReset', { workflowId, taskQueue, cronSchedule: '@every 2s', args: [] });
  ended.push(() => temporal.workflow.getHandle(workflowId).terminate());
  for (const month of MONTHS) {
    await letMonthPass(databaseUrl);
    await eventually(
      () => closedIn(databaseUrl, Date.now()),
      ({ waiting }) => waiting === 0,
    );
    expect((await closedIn(databaseUrl, Date.now())).periods).toBe(month * THREE_PAGES);
  }
  const results = await eventually(
    () => resultsOfCron(temporal, workflowId, cron.firstExecutionRunId),
    (runs) => runs.filter(({ budgets }) => budgets > 0).length === MONTHS.length,
  );
  expect(results.filter(({ budgets }) => budgets > 0).every(({ pages, budgets }) => pages === 3 && budgets === THREE_PAGES)).toBe(true);
});
