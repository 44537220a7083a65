import type { Balance } from '../../domain/balance';
import { rowOfBalance } from './balance-row';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  insert into balances select * from jsonb_populate_recordset(null::balances, $1)
  on conflict (organization_id, budget_id, period_start) do update set
    monthly_limit = excluded.monthly_limit, raised = excluded.raised, carried_in = excluded.carried_in,
    alerted = excluded.alerted, peak = excluded.peak, midway = excluded.midway, late = excluded.late, closed_at = excluded.closed_at,
    month_spent = excluded.month_spent, month_held = excluded.month_held, month_executions = excluded.month_executions,
    day_start = excluded.day_start, day_end = excluded.day_end,
    day_spent = excluded.day_spent, day_held = excluded.day_held, day_executions = excluded.day_executions`;

export async function writeBalances(db: Queryable, organizationId: string, balances: readonly Balance[]): Promise<void> {
  if (balances.length === 0) return;
  await rowsOf(db, SQL, [JSON.stringify(balances.map((balance) => rowOfBalance(organizationId, balance)))]);
}
