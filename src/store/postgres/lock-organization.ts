import { DEFAULT_POLICY, type OrganizationPolicy } from '../../domain/budget';
import { rowsOf, type Queryable } from './connection';

/** What an organization's row says. */
export interface OrganizationRow {
  readonly policy: OrganizationPolicy;
  readonly sweptThrough: number;
}

interface Row {
  policy: Partial<OrganizationPolicy> | null;
  swept_through: number;
}

const SQL = 'select policy, swept_through from organizations where organization_id = $1';

/**
 * Makes this transaction the organization's only writer until it ends. One lock, so no order of locks to keep; statements
 * that follow see everything that earlier writers committed, since each takes its snapshot after the lock was had.
 */
export async function lockOrganization(db: Queryable, organizationId: string): Promise<OrganizationRow> {
  const locked = await lock(db, organizationId);
  if (locked !== undefined) return locked;
  await rowsOf(db, 'insert into organizations (organization_id) values ($1) on conflict do nothing', [organizationId]);
  const created = await lock(db, organizationId);
  if (created === undefined) throw new Error(`Organization ${organizationId} vanished`);
  return created;
}

/** The same without a lock, and without making what is not there. */
export async function readOrganization(db: Queryable, organizationId: string): Promise<OrganizationRow> {
  const [row] = await rowsOf<Row>(db, SQL, [organizationId]);
  return row === undefined ? { policy: DEFAULT_POLICY, sweptThrough: Number.MIN_SAFE_INTEGER } : organizationOf(row);
}

async function lock(db: Queryable, organizationId: string): Promise<OrganizationRow | undefined> {
  const [row] = await rowsOf<Row>(db, `${SQL} for no key update`, [organizationId]);
  return row && organizationOf(row);
}

function organizationOf(row: Row): OrganizationRow {
  return { policy: { ...DEFAULT_POLICY, ...row.policy }, sweptThrough: row.swept_through };
}
