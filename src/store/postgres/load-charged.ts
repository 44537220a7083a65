import type { Period } from '../../domain/balance';
import { capped, type MicroUsd } from '../../domain/money';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  select coalesce(sum(spent), 0)::bigint as charged from entries
  where organization_id = $1 and budget_id = $2 and at >= $3 and at < $4 and spent <> 0`;

export async function loadCharged(db: Queryable, organizationId: string, budgetId: string, { start, end }: Period): Promise<MicroUsd> {
  const [row] = await rowsOf<{ charged: number }>(db, SQL, [organizationId, budgetId, start, end]);
  return capped(row?.charged ?? 0);
}
