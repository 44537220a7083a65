import { WorkflowFailedError, type ApplicationFailure } from '@temporalio/client';
import type { ResetProgress } from '../../src/contract/payloads/reset';
import { statements } from '../../src/store/reports';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { BudgetStore } from '../../src/store/budget-store';
import { createDatabase } from '../support/database';
import { budgetOf } from '../support/budgets';
import { setting } from '../support/setting';
import { queryOf, refuseToClose } from '../support/resets';
import { startSkippingTime, TIME_QUEUE, type SkippingTime } from '../support/time-skipping';

const DAY = 86_400_000;
const BUDGETS = ['a', 'b', 'c', 'd'];

let databaseUrl: string;
let store: BudgetStore;
let time: SkippingTime;
beforeAll(async () => {
  databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  store = createPostgresStore(databaseUrl);
  time = await startSkippingTime(store);
});
afterAll(async () => {
  await time.stop();
  await store.close();
});

/** Four budgets in an organization of their own, whose month ended. */
async function endedMonths(organizationId: string): Promise<void> {
  const at = (await time.now()) - 32 * DAY;
  for (const budgetId of BUDGETS) await store.putBudget({ ...budgetOf(organizationId, {}), budgetId }, at);
}

/** Starts a reset; time passes by the hour until it has ended. */
async function reset(workflowId: string): Promise<ResetProgress> {
  const handle = await time.client.workflow.start('monthlyReset', { workflowId, taskQueue: TIME_QUEUE, args: [{ pageSize: 3 }] });
  while ((await handle.describe()).status.name === 'RUNNING') await time.sleep(60_000);
  return (await handle.result()) as ResetProgress;
}

const closedBudgets = async (organizationId: string) => {
  const all = await Promise.all(BUDGETS.map((budgetId) => statements(store, organizationId, budgetId)));
  return BUDGETS.filter((_, index) => (all[index]?.length ?? 0) > 0);
};

test('a budget that cannot be closed is tried again alone, and keeps no other from its statement', async () => {
  await endedMonths('twice');
  await refuseToClose(databaseUrl, 'twice', 2);
  expect(await reset('twice')).toMatchObject({ isDone: true, pages: 2, budgets: 4, notClosed: 0, failures: [] });
  expect(await closedBudgets('twice')).toEqual(BUDGETS);
});

test('one that never can be is reported by name, and closed by the reset after the trouble', async () => {
  await endedMonths('always');
  await refuseToClose(databaseUrl, 'always', 1_000_000);
  const error = (await reset('always-1').catch((thrown: unknown) => thrown)) as WorkflowFailedError;
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const failure = error.cause as ApplicationFailure;
  expect(failure).toMatchObject({ type: 'BudgetsNotClosed', message: expect.stringContaining('first b of always') as string });
  const named = { organizationId: 'always', budgetId: 'b', message: expect.stringContaining('no room') as string };
  expect(failure.details?.[0]).toMatchObject({ budgets: 3, notClosed: 1, failures: [named] });
  expect(await closedBudgets('always')).toEqual(['a', 'c', 'd']);

  await queryOf(databaseUrl, 'drop trigger refuse_always on balances');
  expect(await reset('always-2')).toMatchObject({ budgets: 1, periods: 1, notClosed: 0 });
  expect(await closedBudgets('always')).toEqual(BUDGETS);
});

test('two resets at the same time, and a third one: each period is closed once, and nothing else changes', async () => {
  await endedMonths('thrice');
  const both = ['thrice-1', 'thrice-2'].map((workflowId) =>
    time.client.workflow.start('monthlyReset', { workflowId, taskQueue: TIME_QUEUE, args: [{ pageSize: 1 }] }),
  );
  const results: ResetProgress[] = [];
  for (const handle of await Promise.all(both)) results.push((await handle.result()) as ResetProgress);
  expect(results.reduce((sum, { periods }) => sum + periods, 0)).toBe(4);
  const before = await store.balances('thrice', 'a', 0);
  expect(await reset('thrice-3')).toMatchObject({ periods: 0, isDone: true });
  expect(await store.balances('thrice', 'a', 0)).toEqual(before);
});

test.each([
  ['a zone that is none', { timeZone: 'Mars/Olympus' }],
  ['pages of nothing', { pageSize: 0 }],
  ['pages without end', { pageSize: 1e9 }],
])('%s is refused by name', async (_name, args) => {
  const handle = await time.client.workflow.start('monthlyReset', { workflowId: `bad-${_name}`, taskQueue: TIME_QUEUE, args: [args] });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidRequest' } });
});

test('tells how far it is, in its result and to whoever asks', async () => {
  await endedMonths('asked');
  await reset('asked');
  const progress = await time.client.workflow.getHandle('asked').query('progress');
  expect(progress).toMatchObject({ timeZone: 'UTC', isDone: true, budgets: 4, periods: 4, pages: 2 });
});
