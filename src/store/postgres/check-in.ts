import type { Pool } from 'pg';
import type { Decision } from '../../domain/decision';
import { check, type Check } from '../../domain/ledger';
import { inTransaction } from './connection';
import { nothingKnown } from './known-organization';
import { loadFollowing, withRows } from './load-known';
import { readOrganization } from './organization-row';

/** One snapshot, on which nothing can be written: no lock is taken, so writers do not wait, and neither does who asks. */
const SNAPSHOT = 'begin isolation level repeatable read read only';

export function checkIn(pool: Pool, request: Check): Promise<Decision> {
  const { organizationId } = request.call;
  return inTransaction(
    pool,
    async (db) => {
      const known = nothingKnown(organizationId, await readOrganization(db, organizationId));
      await loadFollowing(db, known, [request]);
      return withRows(db, known, (rows) => check(rows, request));
    },
    SNAPSHOT,
  );
}
