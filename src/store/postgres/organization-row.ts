import { DEFAULT_POLICY, type OrganizationPolicy } from '../../domain/budget';
import { binaryArray, type Cell, type ColumnType } from './binary-array';
import { rowsOf, type Queryable } from './connection';
import type { Part } from './in-one-statement';
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

const STEP_ONE = `
  update organizations set version = $3, clear_through = $4 where organization_id = $1 and version = $2
  returning 1`;

// By ctid, in the order given: the plan goes by no statistics, and two that change the same organizations lock them in one order.
const STEP_MANY = `
  update organizations o set version = step.next, clear_through = step.clear_through
  from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) as step (organization_id, seen, next, clear_through)
  where o.ctid = (select ctid from organizations where organization_id = step.organization_id) and o.version = step.seen
  returning 1`;

/** Takes organizations to their next versions, in one statement with what is written of them. */
export function stepOrganizations(steps: readonly Step[]): Part {
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) {
    return { name: 's1', text: STEP_ONE, values: [first.organizationId, first.seen, first.next, first.clearThrough] };
  }
  const sorted = [...steps].sort((a, b) => (a.organizationId < b.organizationId ? -1 : 1));
  const column = (type: ColumnType, cellOf: (step: Step) => Cell) => binaryArray(type, sorted.map(cellOf));
  return {
    name: 's',
    text: STEP_MANY,
    values: [
      column('text', ({ organizationId }) => organizationId),
      column('bigint', ({ seen }) => seen),
      column('bigint', ({ next }) => next),
      column('bigint', ({ clearThrough }) => clearThrough),
    ],
  };
}

/** Divides by zero, and so lets nothing be written, where one of the organizations is no longer at the version that was seen. */
export function allStepped(steps: readonly Step[]): string {
  return steps.length === 1 ? '1 / count(*)' : '1 / (count(*) = cardinality($1))::int';
}
