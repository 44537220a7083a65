import { mkdirSync, renameSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../src/ground/child';
import { newCluster, own, type Cluster } from './cluster';
import { untrue, type Fault, type Scene, type Seen, type Skipped } from './fault';
import { compare, isSound, openLedger } from './ledger';
import { refusals, startLoad } from './load';
import { until, wait } from './waiting';

const CALLERS = 64;
/** PostgreSQL's code for a disk that is full. */
const DISK_FULL = '53100';

interface SmallDisk {
  /** A folder on it that is the cluster's user's. */
  folderFor(cluster: Cluster): string;
  fill(): void;
  free(): void;
}

/** A file system of so many MiB. */
async function smallDisk(scene: Scene, sizeMib: number): Promise<SmallDisk | Skipped> {
  const mounted = path.join(scene.folder, 'small-disk');
  mkdirSync(mounted, { mode: 0o755 });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMib)}m`, 'tmpfs', mounted]);
  } catch (error) {
    scene.log(String(error));
    return { skipped: 'a small disk of its own takes a root who may mount' };
  }
  scene.cleanUps.push(() => run('umount', [mounted]));
  const filler = path.join(mounted, 'filler');
  return {
    folderFor: ({ home }) => {
      const folder = path.join(mounted, 'postgres');
      mkdirSync(folder, { mode: 0o700 });
      own(home, folder);
      return folder;
    },
    fill: () => {
      const { bavail, bsize } = statfsSync(mounted);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      } catch (error) {
        // Somebody else wrote meanwhile: so it is full.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => {
      rmSync(filler);
    },
  };
}

/** Callers go on while the disk fills, is full, and has room again. Among PostgreSQL's reasons must be these. */
async function fillUnderLoad(scene: Scene, cluster: Cluster, url: string, disk: SmallDisk, codes: readonly string[] = []): Promise<Seen> {
  const store = await openLedger(scene, url);
  const load = startLoad(scene, store, CALLERS);
  const { told } = load;
  await wait(scene, 1_000);
  disk.fill();
  await until(scene, 'callers are refused as unavailable', () => refusals(told) >= CALLERS);
  // Those before may all be about to commit.
  const later = startLoad(scene, store, CALLERS, told);
  await until(scene, 'reserves are refused as unavailable', () => told.refusedReserves >= CALLERS);
  scene.log(`full: ${[...told.reasons].join(', ')}`);
  await wait(scene, 2_000);
  const whenFreed = told.committed.size;
  disk.free();
  await cluster.start();
  await until(scene, 'it goes on once there is room', () => told.committed.size >= whenFreed + CALLERS);
  await Promise.all([load.end(), later.end()]);
  const found = await compare(store, url, told);
  const { refusedReserves, refusedCommits, longestAnswerMs, reasons } = told;
  return {
    figures: { ...found, refusedReserves, refusedCommits, longestAnswerMs: Math.round(longestAnswerMs) },
    findings: untrue({
      [`PostgreSQL says why (${codes.join()})`]: codes.every((code) => reasons.has(code)),
      'nothing is lost or charged twice': isSound(found),
    }),
  };
}

export const fullTables: Fault = {
  name: 'disk full, of the tables',
  expected: 'reserves are refused as unavailable, nothing is written by halves, and all goes on once there is room',
  run: async (scene) => {
    const disk = await smallDisk(scene, 48);
    if ('skipped' in disk) return disk;
    const cluster = await newCluster(scene, 'full');
    await cluster.sql(`create tablespace small location '${disk.folderFor(cluster)}'`);
    await cluster.sql('create database small_ledger tablespace small');
    const url = Object.assign(new URL(cluster.url), { pathname: '/small_ledger' }).href;
    return fillUnderLoad(scene, cluster, url, disk, [DISK_FULL]);
  },
};

export const fullWal: Fault = {
  name: 'disk full, of the write-ahead log',
  expected: 'PostgreSQL stops itself; nothing that was answered is lost, and all goes on once there is room',
  run: async (scene) => {
    const disk = await smallDisk(scene, 400);
    if ('skipped' in disk) return disk;
    const cluster = await newCluster(scene, 'full');
    await cluster.set({ max_wal_size: '64MB', min_wal_size: '32MB' });
    // A slot that nobody reads from keeps all of the log: the usual reason why it fills a disk.
    await cluster.sql(`select pg_create_physical_replication_slot('abandoned', true)`);
    await cluster.stop();
    const wal = path.join(disk.folderFor(cluster), 'pg_wal');
    await run('cp', ['-a', path.join(cluster.data, 'pg_wal'), wal]);
    renameSync(path.join(cluster.data, 'pg_wal'), path.join(cluster.data, 'pg_wal_before'));
    symlinkSync(wal, path.join(cluster.data, 'pg_wal'));
    await cluster.start();
    return fillUnderLoad(scene, cluster, cluster.url, disk);
  },
};
