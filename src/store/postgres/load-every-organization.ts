import { inPatientSnapshot } from './patient-snapshot';
import type { Pool } from 'pg';

const TABLES = ['organizations', 'budgets', 'agents', 'balances', 'holds', 'entries', 'happenings', 'alerts', 'deliveries'];
const SQL = `${TABLES.map((table) => `select organization_id from ${table}`).join(' union ')} order by 1`;

/** Every organization that the ledger or the outbox has something of, also where its own row is gone. */
export function loadEveryOrganization(pool: Pool): Promise<string[]> {
  return inPatientSnapshot(pool, async (read) => (await read<{ organization_id: string }>(SQL, [])).map((row) => row.organization_id));
}
