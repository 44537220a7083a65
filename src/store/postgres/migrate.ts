import { existsSync } from 'node:fs';
import path from 'node:path';

export const MIGRATIONS_TABLE = 'agent_budget_migrations';

/**
 * Brings the schema up to date. Starters that meet wait for one another. Loaded on demand: the migration library is not
 * needed by a process that only works.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const { runner } = await import('node-pg-migrate');
  await runner({
    databaseUrl,
    dir: migrationsFolder(),
    migrationsTable: MIGRATIONS_TABLE,
    direction: 'up',
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
}

// The compiler copies no .sql file, so they are read from the sources, whichever of the two trees this runs from.
export function migrationsFolder(): string {
  const here = path.join(__dirname, 'migrations');
  if (existsSync(here)) return here;
  return path.join(__dirname, '../../../../src/store/postgres/migrations');
}
