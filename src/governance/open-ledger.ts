import { readConfig } from '../config';
import type { BudgetStore } from '../store/budget-store';
import { createMemoryStore } from '../store/memory/memory-store';
import { ensureSchema } from '../store/postgres/ensure-schema';
import { createPostgresStore } from '../store/postgres/postgres-store';

/** Where the ledger is; the first that is given counts. With neither: DATABASE_URL, else this process's memory, with a warning. */
export interface LedgerOptions {
  /** Its owner closes it. */
  readonly store?: BudgetStore;
  /** A PostgreSQL; its schema is brought up to date when it is opened. */
  readonly databaseUrl?: string;
}

export interface OpenLedger {
  readonly store: BudgetStore;
  close(): Promise<void>;
}

/** Opens a ledger. Rejects with LedgerUnavailable when its database does not answer. */
export async function openLedger({ store, databaseUrl }: LedgerOptions): Promise<OpenLedger> {
  if (store !== undefined) return { store, close: () => Promise.resolve() };
  const url = databaseUrl ?? readConfig().databaseUrl;
  if (url === null) return ownLedger(inMemory());
  await ensureSchema(url);
  return ownLedger(createPostgresStore(url));
}

function ownLedger(store: BudgetStore): OpenLedger {
  return { store, close: () => store.close() };
}

// Loudly: a second process would count alone, and a restart would start at 0. Who wants just that passes a store.
function inMemory(): BudgetStore {
  process.emitWarning(
    'The budget ledger is in this process only, and ends with it. Set DATABASE_URL, or pass { databaseUrl } or { store }.',
    {
      type: 'AgentBudgetWarning',
      code: 'AGENT_BUDGET_IN_MEMORY',
    },
  );
  return createMemoryStore();
}
