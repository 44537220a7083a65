import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { lowPorts } from '../chaos/low-ports';
import { withChildren } from '../chaos/servers';
import { isAlive, run, stopProcess } from '../src/ground/child';
import { startEmbedded } from '../src/ground/postgres';
import { postgresHome, type PostgresHome } from '../src/ground/postgres-home';
import type { Scene } from './fault';

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
  return startIn(scene, home);
}

async function homeIn({ folder }: Scene, name: string): Promise<PostgresHome> {
  const own = path.join(folder, name);
  mkdirSync(own, { mode: 0o755 });
  chmodSync(own, 0o755);
  return postgresHome(own);
}

async function startIn({ cleanUps }: Scene, home: PostgresHome): Promise<Cluster> {
  const [port = NaN] = await lowPorts(1);
  const data = path.join(home.folder, 'data');
  const start = () => startEmbedded(home, silent, { wantedPort: port });
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
    kill: async () => {
      const pids = postmasterOf(data).flatMap(withChildren);
      for (const pid of pids.slice(0, 1)) process.kill(pid, 'SIGKILL');
      while (pids.some(isAlive)) await pause(20);
    },
    stop: async () => {
      for (const pid of postmasterOf(data)) await stopProcess(pid, 'SIGINT', 30_000);
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

function postmasterOf(data: string): number[] {
  const file = path.join(data, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : NaN;
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? [pid] : [];
}

const SLOT = 'standby';

/** A standby that streams from the primary: made from a base backup, taken while the primary runs. */
export async function standbyOf(scene: Scene, primary: Cluster): Promise<Cluster> {
  const home = await homeIn(scene, 'standby');
  const data = path.join(home.folder, 'data');
  await copyOf(primary, data);
  // Its roles, and so their password, are the primary's.
  writeFileSync(path.join(home.folder, 'password'), readFileSync(path.join(primary.home.folder, 'password')), { mode: 0o600 });
  const { hostname, port, username, password } = new URL(primary.url);
  const source = `host=${hostname} port=${port} user=${username} password=${password} application_name=${SLOT}`;
  give(home, path.join(data, 'standby.signal'), '');
  give(home, path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\nprimary_slot_name = '${SLOT}'\n`);
  const standby = await startIn(scene, home);
  while ((await primary.sql('select from pg_stat_replication')).length === 0) await pause(50);
  return standby;
}

/** By the functions that pg_basebackup calls too: it is not among the binaries that npm brings. */
async function copyOf(primary: Cluster, data: string): Promise<void> {
  await primary.sql(`select pg_create_physical_replication_slot('${SLOT}', true)`);
  // The backup ends with the connection that began it.
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('base', true)`);
    await run('cp', ['-a', primary.data, data]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    for (const left of ['postmaster.pid', 'postmaster.opts', `pg_replslot/${SLOT}`, 'pg_wal'])
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

function own({ runAs: { uid, gid } }: PostgresHome, file: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}
