import { rowsOf, type Queryable } from './connection';

/** Notes up to when every overdue hold has been settled. */
export async function moveSweep(db: Queryable, organizationId: string, sweptThrough: number): Promise<void> {
  await rowsOf(db, 'update organizations set swept_through = $2 where organization_id = $1', [organizationId, sweptThrough]);
}
