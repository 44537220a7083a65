import type { Budget } from '../../domain/budget';
import type { Scope } from '../../domain/scope';
import { budgetOf, type BudgetRow } from './budget-row';
import { rowsOf, type Queryable } from './connection';

const MATCHING = `
  select b.* from budgets b
  where b.organization_id = $1
    and (b.team_id is null or b.team_id = any($2))
    and (b.user_id is null or b.user_id = any($3))
    and (b.agent_id is null or b.agent_id = any($4))
  order by b.budget_id collate "C"`;

const NAMED = 'select * from budgets where organization_id = $1 and budget_id = any($2)';

export async function loadBudgetsNamed(db: Queryable, organizationId: string, budgetIds: readonly string[]): Promise<Budget[]> {
  return (await rowsOf<BudgetRow>(db, NAMED, [organizationId, budgetIds])).map(budgetOf);
}

/** Every budget that may limit one of the calls; which one limits which is the domain's to say. */
export async function loadBudgetsFor(db: Queryable, organizationId: string, calls: readonly Scope[]): Promise<Budget[]> {
  const named = (field: 'teamId' | 'userId' | 'agentId') => [...new Set(calls.flatMap((call) => call[field] ?? []))];
  const rows = await rowsOf<BudgetRow>(db, MATCHING, [organizationId, named('teamId'), named('userId'), named('agentId')]);
  return rows.map(budgetOf);
}

export async function loadBudgets(db: Queryable, organizationId: string): Promise<Budget[]> {
  const rows = await rowsOf<BudgetRow>(db, 'select * from budgets where organization_id = $1 order by budget_id collate "C"', [
    organizationId,
  ]);
  return rows.map(budgetOf);
}
