import { Client, Connection } from '@temporalio/client';
import { serveHttp } from '../src/cli/http-service';
import { createBudgetClient } from '../src/client';
import { readConfig } from '../src/config';
import { createPostgresStore } from '../src/store/postgres/postgres-store';

/**
 * The HTTP API as `agent-budget api` serves it, in a process of its own for bench/http.ts: on a ledger that is there (DATABASE_URL), and
 * with a Temporal client that is never asked, since reservations run no workflow. Told anything, it tells how it stands; it ends with its
 * parent.
 */
export interface ServerState {
  readonly url: string;
  /** Of this process, user and system, since it began. */
  readonly cpuMicros: number;
}

async function main(): Promise<void> {
  const config = readConfig();
  const { databaseUrl, taskQueue, temporalNamespace: namespace } = config;
  if (databaseUrl === null) throw new Error('DATABASE_URL is not set');
  const store = createPostgresStore(databaseUrl);
  const temporal = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }), namespace });
  const nothing = () => Promise.resolve();
  const ground = {
    temporal: { address: '127.0.0.1:1', namespace, uiUrl: null, stop: nothing },
    postgres: { url: databaseUrl, stop: nothing },
    stop: nothing,
  };
  const invocations = createBudgetClient(temporal, { taskQueue });
  const served = await serveHttp({ ground, store, temporal, invocations }, config, console.error);
  const tell = () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ url: served.url, cpuMicros: user + system } satisfies ServerState);
  };
  process.on('message', tell);
  process.once('disconnect', () => {
    void served
      .close()
      .then(() => store.close())
      .then(() => process.exit(0));
  });
  tell();
}

void main();
