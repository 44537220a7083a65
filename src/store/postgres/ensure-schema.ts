import { migrate } from './migrate';
import { schemaState } from './schema-state';

/**
 * Brings the schema up to date where it is not. It looks first: an app that only spends need not be allowed to change the schema
 * of a ledger that its workers have migrated. Rejects with LedgerUnavailable when nobody answers.
 */
export async function ensureSchema(databaseUrl: string): Promise<void> {
  if ((await schemaState(databaseUrl)).missing.length > 0) await migrate(databaseUrl);
}
