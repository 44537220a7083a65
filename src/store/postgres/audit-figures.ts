import type { AuditFigures, Sums } from '../audit';
import { rowsOf, type Queryable } from './connection';

type Row = { budget_id: string; period_start: number; attempts: number } & Record<`balance_${Column}` | `proof_${Column}`, number>;
type Column = 'spent' | 'held' | 'executions' | 'day_spent' | 'day_held' | 'day_executions';

// One statement, hence one snapshot: balances and their proof are of the same instant even while others write.
const SQL = `
  with spent as (
    select budget_id, period_start, day_start, sum(spent)::bigint as spent
    from entries where organization_id = $1 group by budget_id, period_start, day_start
  ), lines as (
    select l."budgetId" as budget_id, l."periodStart" as period_start, l."dayStart" as day_start,
           sum(h.held)::bigint as held, sum(l."heldInDayMicroUsd")::bigint as day_held
    from holds h, jsonb_to_recordset(h.lines) as l ("budgetId" text, "periodStart" bigint, "dayStart" bigint, "heldInDayMicroUsd" bigint)
    where h.organization_id = $1 and h.held <> 0 group by 1, 2, 3
  ), counted as (
    select c."budgetId" as budget_id, c."periodStart" as period_start, c."dayStart" as day_start, count(*) as executions
    from holds h, jsonb_to_recordset(h.counted) as c ("budgetId" text, "periodStart" bigint, "dayStart" bigint)
    where h.organization_id = $1 group by 1, 2, 3
  ), attempts as (
    select l."budgetId" as budget_id, l."periodStart" as period_start, sum(a."chargedMicroUsd")::bigint as charged
    from holds h, jsonb_to_recordset(h.attempts) as a ("chargedMicroUsd" bigint, lines jsonb),
         jsonb_to_recordset(a.lines) as l ("budgetId" text, "periodStart" bigint)
    where h.organization_id = $1 group by 1, 2
  )
  select b.budget_id, b.period_start,
    b.month_spent as balance_spent, b.month_held as balance_held, b.month_executions as balance_executions,
    b.day_spent as balance_day_spent, b.day_held as balance_day_held, b.day_executions as balance_day_executions,
    coalesce(s.total, 0)::bigint as proof_spent, coalesce(s.today, 0)::bigint as proof_day_spent,
    coalesce(h.total, 0)::bigint as proof_held, coalesce(h.today, 0)::bigint as proof_day_held,
    coalesce(c.total, 0)::bigint as proof_executions, coalesce(c.today, 0)::bigint as proof_day_executions,
    coalesce(a.charged, 0)::bigint as attempts
  from balances b
  left join lateral (
    select sum(spent) as total, sum(spent) filter (where day_start = b.day_start) as today
    from spent where budget_id = b.budget_id and period_start = b.period_start) s on true
  left join lateral (
    select sum(held) as total, sum(day_held) filter (where day_start = b.day_start) as today
    from lines where budget_id = b.budget_id and period_start = b.period_start) h on true
  left join lateral (
    select sum(executions) as total, sum(executions) filter (where day_start = b.day_start) as today
    from counted where budget_id = b.budget_id and period_start = b.period_start) c on true
  left join attempts a on a.budget_id = b.budget_id and a.period_start = b.period_start
  where b.organization_id = $1
  order by b.budget_id, b.period_start`;

export async function loadAuditFigures(db: Queryable, organizationId: string): Promise<AuditFigures[]> {
  return (await rowsOf<Row>(db, SQL, [organizationId])).map((row) => ({
    budgetId: row.budget_id,
    periodStart: row.period_start,
    balance: sumsOf(row, 'balance'),
    proof: sumsOf(row, 'proof'),
    attemptsMicroUsd: row.attempts,
  }));
}

function sumsOf(row: Row, side: 'balance' | 'proof'): Sums {
  return {
    spentMicroUsd: row[`${side}_spent`],
    heldMicroUsd: row[`${side}_held`],
    executions: row[`${side}_executions`],
    daySpentMicroUsd: row[`${side}_day_spent`],
    dayHeldMicroUsd: row[`${side}_day_held`],
    dayExecutions: row[`${side}_day_executions`],
  };
}
