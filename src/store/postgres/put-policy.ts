import { assertPolicy } from '../../domain/assert-budget';
import type { OrganizationPolicy } from '../../domain/budget';
import { rowsOf, type Queryable } from './connection';

const SQL = `
  insert into organizations (organization_id, policy) values ($1, $2)
  on conflict (organization_id) do update set policy = excluded.policy`;

export async function putPolicy(db: Queryable, organizationId: string, policy: OrganizationPolicy): Promise<void> {
  assertPolicy(policy);
  await rowsOf(db, SQL, [organizationId, JSON.stringify(policy)]);
}
