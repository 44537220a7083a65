import type { Pool } from 'pg';
import type { AuditFigures } from '../audit';
import { balanceOf, type BalanceRow } from './balance-row';
import { inPatientSnapshot } from './patient-snapshot';

type Proof = 'spent' | 'midway' | 'late' | 'held' | 'executions' | 'day_spent' | 'day_held' | 'day_executions';
type Row = BalanceRow & { attempts: number } & Record<`proof_${Proof}`, number>;

// One statement, hence one snapshot: balances and their proof are of the same instant even while others write.
const SQL = `
  with spent as (
    select e.budget_id, e.period_start, e.day_start, sum(e.spent)::bigint as spent,
           sum(e.spent) filter (where e.at - b.period_start < b.period_end - e.at) as midway,
           sum(e.spent) filter (where e.at >= b.period_end) as late
    from entries e join balances b using (organization_id, budget_id, period_start)
    where e.organization_id = $1 group by 1, 2, 3
  ), open_lines as (
    select l ->> 0 as budget_id, (l ->> 1)::bigint as period_start, (l ->> 2)::bigint as day_start,
           sum(h.held)::bigint as held, sum((l ->> 3)::bigint)::bigint as day_held
    from holds h, json_array_elements(h.body -> 'lines') as l
    where h.organization_id = $1 and h.held <> 0 group by 1, 2, 3
  ), counted as (
    select c ->> 0 as budget_id, (c ->> 1)::bigint as period_start, (c ->> 2)::bigint as day_start, count(*) as executions
    from holds h, json_array_elements(coalesce(h.body -> 'counted', h.body -> 'lines')) as c
    where h.organization_id = $1 group by 1, 2, 3
  ), attempts as (
    select l ->> 0 as budget_id, (l ->> 1)::bigint as period_start, sum((a ->> 'charged')::bigint)::bigint as charged
    from holds h, json_array_elements(h.body -> 'attempts') as a, json_array_elements(coalesce(a -> 'lines', h.body -> 'lines')) as l
    where h.organization_id = $1 group by 1, 2
  ), pruned as (
    select s.budget_id, s.period_start, sum(s.spent)::bigint as spent, sum(s.midway)::bigint as midway, sum(s.late)::bigint as late,
           sum(s.executions)::bigint as executions, sum(s.attempts)::bigint as attempts,
           sum(s.spent) filter (where s.day_start = b.day_start) as spent_today,
           sum(s.executions) filter (where s.day_start = b.day_start) as executions_today
    from summaries s join balances b using (organization_id, budget_id, period_start)
    where s.organization_id = $1 group by 1, 2
  )
  select b.*,
    (coalesce(s.total, 0) + coalesce(p.spent, 0))::bigint as proof_spent,
    (coalesce(s.today, 0) + coalesce(p.spent_today, 0))::bigint as proof_day_spent,
    (coalesce(s.midway, 0) + coalesce(p.midway, 0))::bigint as proof_midway,
    (coalesce(s.late, 0) + coalesce(p.late, 0))::bigint as proof_late,
    coalesce(h.total, 0)::bigint as proof_held, coalesce(h.today, 0)::bigint as proof_day_held,
    (coalesce(c.total, 0) + coalesce(p.executions, 0))::bigint as proof_executions,
    (coalesce(c.today, 0) + coalesce(p.executions_today, 0))::bigint as proof_day_executions,
    (coalesce(a.charged, 0) + coalesce(p.attempts, 0))::bigint as attempts
  from balances b
  left join lateral (
    select sum(spent) as total, sum(spent) filter (where day_start = b.day_start) as today, sum(midway) as midway, sum(late) as late
    from spent where budget_id = b.budget_id and period_start = b.period_start) s on true
  left join lateral (
    select sum(held) as total, sum(day_held) filter (where day_start = b.day_start) as today
    from open_lines where budget_id = b.budget_id and period_start = b.period_start) h on true
  left join lateral (
    select sum(executions) as total, sum(executions) filter (where day_start = b.day_start) as today
    from counted where budget_id = b.budget_id and period_start = b.period_start) c on true
  left join attempts a on a.budget_id = b.budget_id and a.period_start = b.period_start
  left join pruned p on p.budget_id = b.budget_id and p.period_start = b.period_start
  where b.organization_id = $1
  order by b.budget_id, b.period_start`;

export function loadAuditFigures(pool: Pool, organizationId: string): Promise<AuditFigures[]> {
  return inPatientSnapshot(pool, async (read) => (await read<Row>(SQL, [organizationId])).map(figuresOf));
}

function figuresOf(row: Row): AuditFigures {
  return {
    balance: balanceOf(row),
    proof: {
      spentMicroUsd: row.proof_spent,
      midwayMicroUsd: row.proof_midway,
      lateMicroUsd: row.proof_late,
      heldMicroUsd: row.proof_held,
      executions: row.proof_executions,
      daySpentMicroUsd: row.proof_day_spent,
      dayHeldMicroUsd: row.proof_day_held,
      dayExecutions: row.proof_day_executions,
    },
    attemptsMicroUsd: row.attempts,
  };
}
