import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createPool, rowsOf, type Queryable } from './connection';
import { MIGRATIONS_TABLE, migrationsFolder } from './migrate';

/** A database's schema beside the one that this version knows, by the names of migrations. */
export interface SchemaState {
  /** The last that was applied; null: none ever was. */
  readonly last: string | null;
  /** Known here, and not applied. */
  readonly missing: readonly string[];
  /** Applied by a later version. */
  readonly unknown: readonly string[];
}

/** Looks, and changes nothing. Rejects with LedgerUnavailable when nobody answers. */
export async function schemaState(databaseUrl: string): Promise<SchemaState> {
  const pool = createPool(databaseUrl, { maxConnections: 1 });
  try {
    const applied = await appliedMigrations(pool);
    const known = readdirSync(migrationsFolder())
      .map((file) => path.parse(file).name)
      .sort();
    return {
      last: applied.at(-1) ?? null,
      missing: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    };
  } finally {
    await pool.end();
  }
}

async function appliedMigrations(db: Queryable): Promise<string[]> {
  const [found] = await rowsOf<{ oid: number | null }>(db, 'select to_regclass($1)::oid as oid', [MIGRATIONS_TABLE]);
  if (found === undefined || found.oid === null) return [];
  return (await rowsOf<{ name: string }>(db, `select name from ${MIGRATIONS_TABLE} order by name`)).map(({ name }) => name);
}
