import { DEFAULT_POLICY, type OrganizationPolicy } from '../../domain/budget';
import { rowsOf, type Queryable } from './connection';

export async function loadPolicy(db: Queryable, organizationId: string): Promise<OrganizationPolicy> {
  const sql = 'select policy from organizations where organization_id = $1';
  const [row] = await rowsOf<{ policy: Partial<OrganizationPolicy> | null }>(db, sql, [organizationId]);
  return { ...DEFAULT_POLICY, ...row?.policy };
}
