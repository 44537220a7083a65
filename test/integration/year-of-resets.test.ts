import { Client } from 'pg';
import { DEFAULT_POLICY } from '../../src/domain/budget';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { statements } from '../../src/store/reports';
import { createDatabase } from '../support/database';
import { budgetOf } from '../support/budgets';
import { isFull } from '../support/extent';
import { setting } from '../support/setting';
import { startYears, type YearsToPass } from '../support/pass-years';
import { BEGIN, Year, type YearPlan } from '../support/year';
import { MINUTE, type Call } from '../support/year-calls';

const USUAL = { anchorDay: 1, limitUsd: 100, rolloverPercent: 25, failedCost: 'zero' } as const;
// A month is closed at its end, five minutes later, in summer an hour later in two zones, or a day: whatever comes, it says the same.
const PLANS: readonly YearPlan[] = [
  { ...USUAL, name: 'UTC', timeZone: 'UTC', limitUsd: 120, rolloverPercent: 0, cron: '0 0 1 * *' },
  { ...USUAL, name: 'UTC, from day 31', timeZone: 'UTC', anchorDay: 31, cron: '5 0 29,30,31 * *' },
  { ...USUAL, name: 'Asia/Tokyo', timeZone: 'Asia/Tokyo', cron: '5 15 29,30,31 * *' },
  { ...USUAL, name: 'America/Santiago', timeZone: 'America/Santiago', cron: '5 3,4 1 * *' },
  { ...USUAL, name: 'Africa/Cairo', timeZone: 'Africa/Cairo', cron: '5 22 29,30,31 * *' },
  { ...USUAL, name: 'Europe/Berlin', timeZone: 'Europe/Berlin', cron: '5 23 29,30,31 * *' },
  { ...USUAL, name: 'Pacific/Apia', timeZone: 'Pacific/Apia', cron: '5 11 1 * *' },
  {
    ...USUAL,
    name: 'Asia/Kathmandu',
    timeZone: 'Asia/Kathmandu',
    limitUsd: 110,
    rolloverPercent: 10,
    failedCost: 'estimate',
    cron: '15 18 1 * *',
  },
  { ...USUAL, name: 'America/New_York', timeZone: 'America/New_York', cron: '5 4,5 1 * *' },
];
const ALL_YEARS = PLANS.map((plan) => new Year(plan));
const YEARS = isFull ? ALL_YEARS : ALL_YEARS.filter(({ plan }) => ['UTC, from day 31', 'Asia/Tokyo', 'Africa/Cairo'].includes(plan.name));
const ALL_OVER = Math.max(...YEARS.flatMap(({ ends }) => ends)) + 2 * 1_440 * MINUTE;

let store: BudgetStore;
let database: Client;
let passing: YearsToPass;
let outcomes: ReadonlyMap<Call, unknown>;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const url = await createDatabase(setting('TEST_DATABASE_URL'));
  store = createPostgresStore(url);
  stops.push(() => store.close());
  database = new Client({ connectionString: url });
  stops.push(() => database.end());
  await database.connect();
  for (const year of YEARS) await putBudgets(year);
  passing = await startYears(store);
  stops.push(() => passing.stop());
  outcomes = await passing.pass(YEARS, ALL_OVER);
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

test('clocks change in four of the zones, and in two of them as a month ends', () => {
  const changes = ALL_YEARS.map(({ plan, daysOfChange, ends }) => [
    plan.name,
    daysOfChange.map(([start, end]) => `${String((end - start) / (60 * MINUTE))} h${ends.includes(end) ? ', the last of a month' : ''}`),
  ]);
  expect(Object.fromEntries(changes)).toEqual({
    UTC: [],
    'UTC, from day 31': [],
    'Asia/Tokyo': [],
    'America/Santiago': ['25 h', '23 h'],
    'Africa/Cairo': ['23 h, the last of a month', '25 h'],
    'Europe/Berlin': ['23 h', '25 h, the last of a month'],
    'Pacific/Apia': [],
    'Asia/Kathmandu': [],
    'America/New_York': ['23 h', '25 h'],
  });
});

test('by hand, in Tokyo: what the months cost, what of it came late, and what they hand on', async () => {
  const found = await statements(store, 'Asia-Tokyo', 'monthly');
  expect(found.map(({ spentUsd, lateUsd, carriedInUsd }) => [spentUsd, lateUsd, carriedInUsd])).toEqual([
    [8.350001, 8.350001, 0],
    [103.350001, 8.350001, 25],
    [63.350001, 8.350001, 0],
    [86.350001, 8.350001, 25],
    [28.350001, 8.350001, 13.649999],
    [103.350001, 8.350001, 25],
    [63.350001, 8.350001, 0],
    [86.350001, 8.350001, 25],
    [28.350001, 8.350001, 13.649999],
    [103.350001, 8.350001, 25],
    [63.350001, 8.350001, 0],
    [86.350001, 8.350001, 25],
  ]);
});

describe.each(YEARS.map((year) => [year.plan.name, year] as const))('%s', (_name, year) => {
  const { organizationId, plan, budgets, calls, ends, starts } = year;

  test('every call ends as it should, and what is denied says what is left, and until when', () => {
    const shown = (outcomeOf: (call: Call) => unknown) =>
      calls.map((call) => ({ what: call.what, startsAt: new Date(call.startsAt).toISOString(), outcome: outcomeOf(call) }));
    expect(shown((call) => outcomes.get(call))).toMatchObject(shown((call) => year.outcomeOf(call)));
  });

  // Of its own cron, and of another's that resets the same zone.
  const firings = YEARS.filter((other) => other.plan.timeZone === plan.timeZone)
    .flatMap((other) => other.firingsUntil(ALL_OVER))
    .sort((a, b) => a - b);

  test('no firing of the cron is lost', () => {
    expect([...(passing.resets.get(plan.timeZone) ?? [])].map(toMinute)).toEqual(firings);
    expect(firings.length).toBeGreaterThanOrEqual(12);
  });

  describe.each(budgets)('its $budgetId budget', (budget) => {
    const { budgetId } = budget;

    test('the statements tile the year, and say what was done in each month', async () => {
      expect(await statements(store, organizationId, budgetId)).toMatchObject(year.statementsOf(budget));
    });

    test('they are written by the first reset after the month', async () => {
      const found = await statements(store, organizationId, budgetId);
      expect(found.map(({ closedAt }) => toMinute(Date.parse(closedAt)))).toEqual(ends.map((end) => firings.find((at) => at >= end)));
    });

    test('each equals the sum of its entries', async () => {
      const months = [starts.slice(0, ends.length), ends];
      const { rows } = await database.query<Sums>(SUMS_BY_MONTH, [organizationId, budgetId, ...months]);
      const found = await statements(store, organizationId, budgetId);
      expect(found.map(({ spentUsd, lateUsd, forecastUsd, executions }) => ({ spentUsd, lateUsd, forecastUsd, executions }))).toEqual(rows);
    });

    test('all entries together are what all calls cost, each of them once', async () => {
      const expected = year.callsIn(budget);
      const sql = `select sum(spent)::float8 / 1e6 as "spentUsd", count(distinct key)::int as calls
                   from entries where organization_id = $1 and budget_id = $2`;
      const { rows } = await database.query(sql, [organizationId, budgetId]);
      expect(rows).toEqual([{ spentUsd: year.chargedUsd(expected), calls: expected.length }]);
    });
  });

  test('nothing is still held, and the balances are proven', async () => {
    const sql = `select count(*)::int as holds from holds where organization_id = $1 and (held <> 0 or state = 'held')`;
    expect((await database.query(sql, [organizationId])).rows).toEqual([{ holds: 0 }]);
    expect(await audit(store, organizationId)).toEqual([]);
  });
});

function toMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}

type Sums = Record<'spentUsd' | 'lateUsd' | 'forecastUsd' | 'executions', number>;

const SUMS_BY_MONTH = `
  select coalesce(sum(spent), 0)::float8 / 1e6 as "spentUsd",
         coalesce(sum(spent) filter (where at >= ends_at), 0)::float8 / 1e6 as "lateUsd",
         2 * coalesce(sum(spent) filter (where 2 * at < starts_at + ends_at), 0)::float8 / 1e6 as "forecastUsd",
         count(distinct key)::int as executions
  from unnest($3::bigint[], $4::bigint[]) as months (starts_at, ends_at)
  left join entries on organization_id = $1 and budget_id = $2 and period_start = starts_at
  group by starts_at order by starts_at`;

async function putBudgets({ organizationId, plan, budgets }: Year): Promise<void> {
  const { timeZone, anchorDay, failedCost } = plan;
  await store.putPolicy(organizationId, { ...DEFAULT_POLICY, failedCost });
  for (const { budgetId, userId, monthlyUsd, dailyUsd, rolloverPercent } of budgets) {
    const limit = (usd: number | null) => (usd === null ? null : fromUsd(usd));
    const budget = budgetOf(organizationId, { monthlyMicroUsd: limit(monthlyUsd), dailyMicroUsd: limit(dailyUsd) });
    await store.putBudget({ ...budget, budgetId, timeZone, anchorDay, rolloverPercent, scope: { ...budget.scope, userId } }, BEGIN);
  }
}
