import { createPruneActivities } from '../../activities/prune';
import { MAINTENANCE_WORKFLOW_ID } from '../../src/contract/names/workflows';
import { SetupError } from '../../src/contract/setup-error';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import { perform, type BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { budgetOf } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';

const DAY = 86_400_000;
const CHARGES = 450;

/** Charges of 150 and of 10 days ago, in months of which the older one is closed. */
async function oldAndYoung(store: BudgetStore, organizationId: string): Promise<void> {
  const now = Date.now();
  await store.putBudget(budgetOf(organizationId, {}), now - 150 * DAY);
  const call = { organizationId, teamId: null, userId: null, agentId: null };
  const charges = [150, 10].flatMap((days) =>
    Array.from({ length: CHARGES }, (_, n) => {
      const key = `${String(days)}-${String(n)}`;
      return { kind: 'charge' as const, key, at: now - days * DAY, call, amountMicroUsd: fromUsd(1), fingerprint: key };
    }),
  );
  await store.applyBatch(organizationId, charges);
  await perform(store, organizationId, { kind: 'closePeriods', budgetId: 'monthly', at: now });
}

async function entriesOf(store: BudgetStore, organizationId: string): Promise<number> {
  return (await store.entries(organizationId, 'monthly', 0, 1_000)).length;
}

let store: BudgetStore;
let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  store = createPostgresStore(databaseUrl, { maxConnections: 2 });
});
afterAll(() => store.close());

test('maintenance prunes what is older than a worker keeps, once a run', async () => {
  await oldAndYoung(store, 'acme');
  const harness = await startHarness({}, { databaseUrl, retentionDays: 90 });
  try {
    expect(
      await eventually(
        () => entriesOf(store, 'acme'),
        (left) => left < 2 * CHARGES - 200,
      ),
    ).toBeGreaterThanOrEqual(CHARGES);
    expect(
      await eventually(
        () => entriesOf(store, 'acme'),
        (left) => left <= CHARGES,
      ),
    ).toBe(CHARGES);
    expect(await audit(store, 'acme')).toEqual([]);
    const workflowId = `${MAINTENANCE_WORKFLOW_ID}/${harness.taskQueue}`;
    const prunedIn = async () => {
      const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
      const asked = history.events?.filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'pruneLedger');
      return asked?.length ?? 0;
    };
    await eventually(prunedIn, (times) => times === 1);
  } finally {
    await harness.stop();
  }
});

test('a worker that is told nothing keeps everything', async () => {
  await oldAndYoung(store, 'keeper');
  const nothing = { holds: 0, entries: 0, alerts: 0, isComplete: true };
  expect(await createPruneActivities({ store }).pruneLedger(Date.now())).toEqual(nothing);
  expect(await entriesOf(store, 'keeper')).toBe(2 * CHARGES);
});

test('a retention that reports and late costs would miss is refused when the worker is made', () => {
  expect(() => createPruneActivities({ store, retentionDays: 61 })).toThrow(SetupError);
});

test('an organization that cannot be pruned keeps no other from its turn, and shows', async () => {
  for (const organizationId of ['broken', 'well']) await oldAndYoung(store, organizationId);
  const failing: BudgetStore = {
    ...store,
    applyBatch: (organizationId, operations) =>
      organizationId === 'broken' ? Promise.reject(new Error('out of order')) : store.applyBatch(organizationId, operations),
  };
  const { pruneLedger } = createPruneActivities({ store: failing, retentionDays: 90 });
  await expect(pruneLedger(Date.now())).rejects.toThrow('broken: out of order');
  expect([await entriesOf(store, 'broken'), await entriesOf(store, 'well')]).toEqual([2 * CHARGES, CHARGES]);
});
