import type { Client } from 'pg';
import { monthContaining } from '../src/domain/period';

/** What a history is copied from: a reservation that was really made and committed, in the running month of another organization. */
export interface Template {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly key: string;
  readonly at: number;
}

const CHUNK = 50_000;
const YEARS_MS = 2 * 365 * 86_400_000;

// Made once a day of the history, since building JSON is what takes the time. What a hold leaves out is told from its lines.
const DAYS = `
  with days as materialized (
    select d.day, d.month,
      (h.body::jsonb || jsonb_build_object('lines', jsonb_build_array(jsonb_build_array($5::text, d.month, d.day, 0))))::json as body
    from holds h cross join (
      select day, (extract(epoch from date_trunc('month', to_timestamp(day / 1000) at time zone 'UTC')) * 1000)::bigint as month
      from generate_series($3::bigint, $3::bigint + 800 * 86400000::bigint, 86400000) day) d
    where h.organization_id = $6 and h.key = $7)`;

// Columns that are not named here are the template's: whatever columns there are.
const HOLD_COLUMNS: Record<string, string> = {
  organization_id: '$8::text',
  key: 'md5(i::text)',
  at: 't.at',
  expires_at: "t.at + (row.body ->> 'ttl')::bigint",
  settled_at: 't.at + 2000',
  body: 'p.body',
};
const ENTRY_COLUMNS: Record<string, string> = {
  organization_id: '$8::text',
  key: 'md5(i::text)',
  at: 't.at + 2000',
  period_start: 'p.month',
  day_start: 'p.day',
};

const copiesInto = (table: string, columns: readonly string[], own: Record<string, string>) => `
  ${DAYS}
  insert into ${table} (${columns.join(', ')})
  select ${columns.map((column) => own[column] ?? `row.${column}`).join(', ')}
  from ${table} row cross join generate_series($1::bigint, $2::bigint) i
  cross join lateral (select $3::bigint + floor(i * $4::float8)::bigint as at) t
  join days p on p.day = t.at - t.at % 86400000
  where row.organization_id = $6 and row.key = $7
  order by i`;

// Each month closed as it ended, with what its entries and holds add up to, in a day that is its last.
const BALANCES = `
  insert into balances
  select made.* from balances b
  cross join (
    select period_start, max(day_start) as day_start, sum(spent) as spent, count(*) filter (where kind = 'charge') as executions
    from entries where organization_id = $1 and budget_id = $2 and period_start < b_start group by 1) s
  cross join lateral (
    select (extract(epoch from (to_timestamp(s.period_start / 1000) at time zone 'UTC') + interval '1 month') * 1000)::bigint as ended) p
  cross join lateral (
    select coalesce(sum(spent) filter (where day_start = s.day_start), 0) as today,
      count(*) filter (where day_start = s.day_start and kind = 'charge') as executions,
      coalesce(sum(spent) filter (where at - period_start < p.ended - at), 0) as midway,
      coalesce(sum(spent) filter (where at >= p.ended), 0) as late
    from entries where organization_id = $1 and budget_id = $2 and period_start = s.period_start) d
  cross join lateral jsonb_populate_record(b, jsonb_build_object(
    'organization_id', $1::text, 'period_start', s.period_start, 'period_end', p.ended, 'month_spent', s.spent, 'month_held', 0, 'month_executions', s.executions,
    'day_start', s.day_start, 'day_end', s.day_start + 86400000, 'day_spent', d.today, 'day_held', 0, 'day_executions', d.executions,
    'peak', s.spent, 'midway', d.midway, 'late', d.late, 'closed_at', p.ended)) made
  where b.organization_id = $4 and b.budget_id = $2`.replace('b_start', '$3');

/**
 * Fills an organization's ledger with settled reservations, evenly over the two years before the running month: copies of one that was really made, with
 * its entries, and the closed months that they add up to, so that `audit` proves them.
 */
export async function fillHistory(
  client: Client,
  organization: string,
  reservations: number,
  { organizationId, budgetId, key, at }: Template,
): Promise<void> {
  const { start: end } = monthContaining(at, 'UTC', 1);
  const { start } = monthContaining(end - YEARS_MS, 'UTC', 1);
  const holds = copiesInto('holds', await columnsOf(client, 'holds'), HOLD_COLUMNS);
  const entries = copiesInto('entries', await columnsOf(client, 'entries'), ENTRY_COLUMNS);
  // What is made here is not what is measured.
  await client.query('set synchronous_commit = off');
  for (let first = 0; first < reservations; first += CHUNK) {
    const last = Math.min(first + CHUNK, reservations) - 1;
    const values = [first, last, start, (end - start) / reservations, budgetId, organizationId, key, organization];
    await client.query(holds, values);
    await client.query(entries, values);
  }
  await client.query(BALANCES, [organization, budgetId, end, organizationId]);
  // The sweeps of all that time have passed it: one that began with it all would read it all.
  await client.query('update organizations set clear_through = $2, version = version + 1 where organization_id = $1', [organization, end]);
  // What autovacuum does within a minute or two.
  await client.query('vacuum analyze holds, entries, balances');
  await client.query('checkpoint');
}

async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_name = $1 and column_name <> 'entry_id' order by ordinal_position`,
    [table],
  );
  return rows.map((row) => row.column_name);
}
