import type { Client } from '@temporalio/client';
import { readConfig, type Config, type Environment } from '../config';
import type { BudgetStore } from '../store/budget-store';
import { createPostgresStore } from '../store/postgres/postgres-store';
import { schemaState } from '../store/postgres/schema-state';
import { Unavailable } from './exit-code';
import { databaseIn, findPlaces, temporalIn, type Places, type TemporalPlace } from './reach';
import type { Output } from './show/output';
import type { Progress } from './show/progress';

/** Temporal, reached. */
export interface TemporalReach {
  readonly client: Client;
  readonly place: TemporalPlace;
  readonly taskQueue: string;
}

/** What a command works with. What it opens is opened on demand, and closed in the end. */
export interface Context {
  readonly output: Output;
  readonly progress: Progress;
  /** Aborts on Ctrl-C and SIGTERM, with Interrupted. */
  readonly stopping: AbortSignal;
  /** Throws SetupError for an environment that cannot be used. */
  config(): Config;
  places(): Promise<Places>;
  /** The ledger. Rejects with Unavailable where none is reached. */
  store(): Promise<BudgetStore>;
  temporal(): Promise<TemporalReach>;
}

export interface OpenContext extends Context {
  close(): Promise<void>;
}

interface ContextOptions extends Pick<Context, 'output' | 'progress' | 'stopping'> {
  readonly env?: Environment;
}

export function openContext({ env, ...given }: ContextOptions): OpenContext {
  const closers: (() => Promise<void>)[] = [];
  const config = once(() => readConfig(env));
  const places = once(() => findPlaces(config()));
  return {
    ...given,
    config,
    places,
    store: once(async () => {
      const { url, by } = databaseIn(await places(), config());
      await assertSchema(url, by);
      const store = createPostgresStore(url, { maxConnections: 4 });
      closers.push(() => store.close());
      return store;
    }),
    temporal: once(async () => {
      const found = await places();
      const place = temporalIn(found, config());
      const client = await connect(place, config());
      closers.push(() => client.connection.close());
      return { client, place, taskQueue: found.taskQueue };
    }),
    close: async () => {
      await Promise.all(closers.map((close) => close().catch(() => undefined)));
    },
  };
}

// Never migrated here: who looks at a ledger with a newer version must not change it under its workers.
async function assertSchema(url: string, by: string): Promise<void> {
  const { missing } = await schemaState(url);
  if (missing.length === 0) return;
  throw new Unavailable(
    `The database (${by}) lacks the ledger's schema of this version (${missing.join(', ')}).` +
      ' `agent-budget worker` or `agent-budget start` brings it up to date.',
  );
}

// Loaded on demand: half of the commands never speak to Temporal.
async function connect({ address, namespace, by }: TemporalPlace, config: Config): Promise<Client> {
  const { Client: TemporalClient, Connection } = await import('@temporalio/client');
  const { encryptionFrom } = await import('../encryption/index.ts');
  const dataConverter = await encryptionFrom(config);
  try {
    const connection = await Connection.connect({ address, connectTimeout: 5_000 });
    return new TemporalClient({ connection, namespace, ...(dataConverter && { dataConverter }) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`No Temporal server answers at ${address} (${by}): ${reason}. Start it, or correct the address.`);
  }
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | null = null;
  return () => (made ??= { result: make() }).result;
}
