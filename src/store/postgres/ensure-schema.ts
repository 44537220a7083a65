import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createPool, rowsOf, type Queryable } from './connection';
import { migrate, MIGRATIONS_TABLE, migrationsFolder } from './migrate';

/**
 * Brings the schema up to date where it is not. It looks first: an app that only spends need not be allowed to change the schema
 * of a ledger that its workers have migrated. Rejects with LedgerUnavailable when nobody answers.
 */
export async function ensureSchema(databaseUrl: string): Promise<void> {
  const pool = createPool(databaseUrl, { maxConnections: 1 });
  try {
    if (await isUpToDate(pool)) return;
  } finally {
    await pool.end();
  }
  await migrate(databaseUrl);
}

async function isUpToDate(db: Queryable): Promise<boolean> {
  const [found] = await rowsOf<{ oid: number | null }>(db, 'select to_regclass($1)::oid as oid', [MIGRATIONS_TABLE]);
  if (found === undefined || found.oid === null) return false;
  const done = new Set((await rowsOf<{ name: string }>(db, `select name from ${MIGRATIONS_TABLE}`)).map(({ name }) => name));
  return readdirSync(migrationsFolder()).every((file) => done.has(path.parse(file).name));
}
