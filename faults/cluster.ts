import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { lowPorts } from '../chaos/low-ports';
import { killServer, pidsIn, withChildren } from '../chaos/servers';
import { run, stopProcess } from '../src/ground/child';
import { startEmbedded } from '../src/ground/postgres';
import { postgresHome, type PostgresHome } from '../src/ground/postgres-home';
import type { Scene } from './fault';
import { until } from './waiting';

/** A PostgreSQL of a fault's own. */
export interface Cluster {
  readonly url: string;
  readonly port: number;
  readonly home: PostgresHome;
  readonly data: string;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Changes settings that need no restart. */
  set(settings: Readonly<Record<string, string>>): Promise<void>;
  start(): Promise<void>;
  /** As by `kill -9`, and waits until its last process has gone. */
  kill(): Promise<void>;
  readonly stop: () => Promise<void>;
}

const silent = () => undefined;

/** A new cluster named so. */
export async function newCluster(scene: Scene, name: string): Promise<Cluster> {
  const home = await homeIn(scene, name);
  return startIn(scene, name, home);
}

async function homeIn({ folder }: Scene, name: string): Promise<PostgresHome> {
  const own = path.join(folder, name);
  mkdirSync(own, { mode: 0o755 });
  chmodSync(own, 0o755);
  return postgresHome(own);
}

async function startIn({ cleanUps, signal }: Scene, name: string, home: PostgresHome): Promise<Cluster> {
  const [port = NaN] = await lowPorts(1);
  const data = path.join(home.folder, 'data');
  const start = () => startEmbedded(home, silent, { wantedPort: port, stopping: signal });
  const postmaster = () => pidsIn(path.join(data, 'postmaster.pid'));
  const { url } = await start();
  const cluster: Cluster = {
    url,
    port,
    home,
    data,
    sql: (text, values = []) => queryOn(url, text, values),
    set: async (settings) => {
      for (const [name, value] of Object.entries(settings)) await cluster.sql(`alter system set ${name} = '${value}'`);
      await cluster.sql('select pg_reload_conf()');
    },
    start: async () => {
      await start();
    },
    kill: () => killServer(name, postmaster().flatMap(withChildren)),
    stop: async () => {
      for (const pid of postmaster()) await stopProcess(pid, 'SIGINT', 30_000);
    },
  };
  cleanUps.push(cluster.stop);
  return cluster;
}

async function queryOn<Row extends object>(url: string, text: string, values: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const STANDBY = 'standby';

/** A standby that streams from the primary: made from a base backup, taken while the primary runs. */
export async function standbyOf(scene: Scene, primary: Cluster): Promise<Cluster> {
  const home = await homeIn(scene, STANDBY);
  const data = path.join(home.folder, 'data');
  await copyOf(primary, data);
  // Its roles, and so their password, are the primary's.
  writeFileSync(path.join(home.folder, 'password'), readFileSync(path.join(primary.home.folder, 'password')), { mode: 0o600 });
  const { hostname, port, username, password } = new URL(primary.url);
  const source = `host=${hostname} port=${port} user=${username} password=${password} application_name=${STANDBY}`;
  give(home, path.join(data, 'standby.signal'), '');
  give(home, path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\nprimary_slot_name = '${STANDBY}'\n`);
  const standby = await startIn(scene, STANDBY, home);
  await until(scene, 'the standby streams', async () => (await primary.sql('select from pg_stat_replication')).length > 0);
  return standby;
}

/** By the functions that pg_basebackup calls too: it is not among the binaries that npm brings. */
async function copyOf(primary: Cluster, data: string): Promise<void> {
  await primary.sql(`select pg_create_physical_replication_slot('${STANDBY}', true)`);
  // The backup ends with the connection that began it.
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('base', true)`);
    await run('cp', ['-a', primary.data, data]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    for (const left of ['postmaster.pid', 'postmaster.opts', `pg_replslot/${STANDBY}`, 'pg_wal'])
      rmSync(path.join(data, left), { recursive: true });
    for (const folder of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries']) {
      mkdirSync(path.join(data, folder), { mode: 0o700 });
      own(primary.home, path.join(data, folder));
    }
    give(primary.home, path.join(data, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

export async function promote({ home, data }: Cluster): Promise<void> {
  await run(path.join(home.native, 'bin/pg_ctl'), ['promote', '-D', data], { ...home.runAs, cwd: '/' });
}

function give(home: PostgresHome, file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  own(home, file);
}

/** Makes it the cluster's user's. */
export function own({ runAs: { uid, gid } }: PostgresHome, file: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}
