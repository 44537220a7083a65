import { rmSync } from 'node:fs';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { setting } from '../support/setting';
import { commandLine, emptyFolder, type CommandLine } from './command-line';

/** A command line on a database of its own, with a data folder on which nothing runs. */
export interface OwnLedger {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly store: BudgetStore;
  readonly cli: CommandLine;
  close(): Promise<void>;
}

export async function ownLedger(): Promise<OwnLedger> {
  const folder = emptyFolder();
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  const store = createPostgresStore(databaseUrl, { maxConnections: 2 });
  const close = async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, databaseUrl, store, cli: commandLine({ AGENT_BUDGET_DATA: folder, DATABASE_URL: databaseUrl }), close };
}
