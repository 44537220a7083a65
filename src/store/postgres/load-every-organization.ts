import { inPatientSnapshot } from './patient-snapshot';
import type { Pool } from 'pg';

const SQL = `
  select organization_id from organizations union select organization_id from budgets union select organization_id from agents
  union select organization_id from balances union select organization_id from holds union select organization_id from entries
  union select organization_id from happenings union select organization_id from alerts union select organization_id from deliveries
  order by 1`;

/** Every organization that the ledger or the outbox has something of, also where its own row is gone. */
export function loadEveryOrganization(pool: Pool): Promise<string[]> {
  return inPatientSnapshot(pool, async (read) => (await read<{ organization_id: string }>(SQL, [])).map((row) => row.organization_id));
}
