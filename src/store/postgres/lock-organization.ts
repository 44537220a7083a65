import { DEFAULT_POLICY, type OrganizationPolicy } from '../../domain/budget';
import { rowsOf, type Queryable } from './connection';

export interface LockedOrganization {
  readonly policy: OrganizationPolicy;
  readonly sweptThrough: number;
}

interface Row {
  policy: Partial<OrganizationPolicy> | null;
  swept_through: number;
}

/**
 * Makes this transaction the organization's only writer until it ends. One lock, so no order of locks to keep; statements
 * that follow see everything that earlier writers committed, since each takes its snapshot after the lock was had.
 */
export async function lockOrganization(db: Queryable, organizationId: string): Promise<LockedOrganization> {
  const locked = await lock(db, organizationId);
  if (locked !== undefined) return locked;
  await rowsOf(db, 'insert into organizations (organization_id) values ($1) on conflict do nothing', [organizationId]);
  const created = await lock(db, organizationId);
  if (created === undefined) throw new Error(`Organization ${organizationId} vanished`);
  return created;
}

async function lock(db: Queryable, organizationId: string): Promise<LockedOrganization | undefined> {
  const sql = 'select policy, swept_through from organizations where organization_id = $1 for no key update';
  const [row] = await rowsOf<Row>(db, sql, [organizationId]);
  return row && { policy: { ...DEFAULT_POLICY, ...row.policy }, sweptThrough: row.swept_through };
}
