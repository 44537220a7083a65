import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { Config } from '../config';
import { isAlive, run, startServer, stopProcess, until } from './child';
import { withProgress, type Log } from './log';
import { freePort } from './ports';
import { postgresHome, type PostgresHome } from './postgres-home';
import { SetupError } from '../contract/setup-error';
import { NEVER, unlessStopped } from './stopping';

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

const USER = 'agent_budget';
const DATABASE = 'agent_budget';

/** Finds the server that DATABASE_URL names, or starts the embedded one with its data in the data folder. */
export async function startPostgres(
  { databaseUrl, dataFolder }: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  log: Log,
  stopping: AbortSignal,
): Promise<PostgresServer> {
  if (databaseUrl === null) return startEmbedded(await postgresHome(dataFolder), log, { stopping });
  const problem = await unlessStopped(stopping, connectionProblem(databaseUrl, 5_000));
  if (problem === null) return { url: databaseUrl, stop: () => Promise.resolve() };
  throw new SetupError(`No PostgreSQL answers at DATABASE_URL (${problem}). Start it, or unset DATABASE_URL to have one started.`);
}

/** Starts the embedded server in its home, on a port of its choice unless one is given. */
export async function startEmbedded(
  home: PostgresHome,
  log: Log,
  { wantedPort, stopping = NEVER }: { readonly wantedPort?: number; readonly stopping?: AbortSignal } = {},
): Promise<PostgresServer> {
  const data = path.join(home.folder, 'data');
  const password = passwordOf(home);
  const urlOn = (port: number) => `postgresql://${USER}:${password}@127.0.0.1:${String(port)}/${DATABASE}`;

  if (!existsSync(path.join(data, 'PG_VERSION')))
    await withProgress(log, 'Creating the PostgreSQL data', () => initialize(home, data, password, stopping));
  const left = runningServer(data);
  if (left !== null && (await unlessStopped(stopping, connectionProblem(urlOn(left.port), 2_000))) === null)
    return { url: urlOn(left.port), stop: stopperOf(left.pid) };
  if (left !== null) await stopProcess(left.pid, 'SIGINT');

  const port = wantedPort ?? (await freePort());
  const logFile = path.join(home.folder, 'postgres.log');
  const options = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200, timezone: 'UTC' };
  const args = ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`])];
  stopping.throwIfAborted();
  // On SIGQUIT it ends its own children too, at once; on SIGKILL it could not.
  const server = startServer(path.join(home.native, 'bin/postgres'), args, { logFile, lastSignal: 'SIGQUIT', runAs: home.runAs });
  const maintenanceUrl = urlOn(port).replace(/[^/]+$/, 'postgres');
  try {
    const died = () => {
      const line = server.deathLine();
      return line === null ? null : new Error(line);
    };
    await until(async () => (await connectionProblem(maintenanceUrl, 2_000)) === null, died, 30_000, stopping);
    await createDatabase(maintenanceUrl);
  } catch (error) {
    if (isAlive(server.pid)) await stopProcess(server.pid, 'SIGINT');
    stopping.throwIfAborted();
    throw new SetupError(`PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}. Its log is ${logFile}.`);
  }
  return { url: urlOn(port), stop: stopperOf(server.pid) };
}

async function initialize({ native, folder, runAs }: PostgresHome, data: string, password: string, signal: AbortSignal): Promise<void> {
  // What an earlier, broken-off attempt left behind is no data yet.
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = path.join(folder, 'initial-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) for (const file of [data, passwordFile]) chownSync(file, runAs.uid, runAs.gid);
  const options = ['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'];
  try {
    await run(path.join(native, 'bin/initdb'), options, { ...runAs, cwd: '/', signal });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function passwordOf({ folder }: PostgresHome): string {
  const file = path.join(folder, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

// A parent that was killed leaves its server running; its pid file says where.
function runningServer(data: string): { pid: number; port: number } | null {
  const pidFile = path.join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? { pid, port: Number(lines[3]) } : null;
}

function stopperOf(pid: number): () => Promise<void> {
  return () => stopProcess(pid, 'SIGINT');
}

async function createDatabase(maintenanceUrl: string): Promise<void> {
  const client = new Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function connectionProblem(connectionString: string, timeoutMs: number): Promise<string | null> {
  let client: Client | undefined;
  try {
    // Reads the certificates that the address names.
    client = new Client({ connectionString, connectionTimeoutMillis: timeoutMs });
    client.on('error', () => undefined);
    await client.connect();
    return null;
  } catch (error) {
    // A refused connection to a name with several addresses has a code, and no message.
    const { message, code } = error as NodeJS.ErrnoException;
    return message === '' ? (code ?? 'no answer') : message;
  } finally {
    await client?.end().catch(() => undefined);
  }
}
