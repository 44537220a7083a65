import type { Pool } from 'pg';
import type { Decision } from '../../domain/decision';
import { check, type Check } from '../../domain/ledger';
import { inTransaction } from './connection';
import { withLoadedRows } from './loaded-rows';
import { readOrganization } from './lock-organization';

/** One snapshot, on which nothing can be written: no lock is taken, so writers do not wait, and neither does who asks. */
const SNAPSHOT = 'begin isolation level repeatable read read only';

export function checkIn(pool: Pool, request: Check): Promise<Decision> {
  const { organizationId } = request.call;
  return inTransaction(
    pool,
    async (db) => {
      const organization = await readOrganization(db, organizationId);
      return withLoadedRows(db, organizationId, organization, [request], (rows) => check(rows, request));
    },
    SNAPSHOT,
  );
}
