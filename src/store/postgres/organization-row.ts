import { DEFAULT_POLICY, type OrganizationPolicy } from '../../domain/budget';
import { rowsOf, type Queryable, type Statement } from './connection';
import type { OrganizationRow } from './known-organization';

interface Row {
  policy: Partial<OrganizationPolicy> | null;
  clear_through: number;
  version: number;
}

const READ = 'select policy, clear_through, version from organizations where organization_id = $1';
const MAKE = 'insert into organizations (organization_id) values ($1) on conflict do nothing';

/** What is assumed of a row that nobody has read. */
export const UNREAD: OrganizationRow = { policy: DEFAULT_POLICY, clearThrough: Number.MIN_SAFE_INTEGER, version: NaN };

/** The row as it stands. Of an organization that nobody wrote to yet, what it will be. */
export async function readOrganization(db: Queryable, organizationId: string): Promise<OrganizationRow> {
  const [row] = await rowsOf<Row>(db, READ, [organizationId]);
  return row === undefined ? UNREAD : organizationOf(row);
}

/**
 * Makes this transaction the organization's only writer until it ends. One lock, so no order of locks to keep; statements
 * that follow see everything that earlier writers committed, since each takes its snapshot after the lock was had.
 */
export async function lockOrganization(db: Queryable, organizationId: string): Promise<OrganizationRow | null> {
  const [row] = await rowsOf<Row>(db, `${READ} for no key update`, [organizationId]);
  return row === undefined ? null : organizationOf(row);
}

export async function makeOrganization(db: Queryable, organizationId: string): Promise<void> {
  await rowsOf(db, MAKE, [organizationId]);
}

function organizationOf(row: Row): OrganizationRow {
  return { policy: { ...DEFAULT_POLICY, ...row.policy }, clearThrough: row.clear_through, version: row.version };
}

/** An organization's row, from the version that was decided on to the next. */
export interface Step {
  readonly organizationId: string;
  readonly seen: number;
  readonly next: number;
  readonly clearThrough: number;
}

// By ctid, in the order given: the plan goes by no statistics, and two that change the same organizations lock them in one order.
// The division fails, and with it the transaction, where an organization is no longer at the version that was seen.
const STEP = `
  with stepped as (
    update organizations o set version = step.next, clear_through = step.clear_through
    from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) as step (organization_id, seen, next, clear_through)
    where o.ctid = (select ctid from organizations where organization_id = step.organization_id) and o.version = step.seen
    returning 1)
  select 1 / (count(*) = cardinality($1))::int from stepped`;

/** Fails, and lets nothing be committed, where one of the organizations was written to by somebody else. */
export function stepOrganizations(steps: readonly Step[]): Statement {
  const sorted = [...steps].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1));
  return {
    name: 'step_organizations',
    text: STEP,
    values: [
      sorted.map(({ organizationId }) => organizationId),
      sorted.map(({ seen }) => seen),
      sorted.map(({ next }) => next),
      sorted.map(({ clearThrough }) => clearThrough),
    ],
  };
}
