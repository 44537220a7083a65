import { chownSync, mkdirSync, renameSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../src/ground/child';
import { newCluster, type Cluster } from './cluster';
import { untrue, type Fault, type Scene, type Seen, type Skipped } from './fault';
import { compare, isSound, openLedger } from './ledger';
import { startLoad } from './load';

const NO_ROOT: Skipped = { skipped: 'a small disk of its own takes root (mount)' };
const PATIENCE_MS = 60_000;
const CALLERS = 64;

interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
}

/** A file system of so many MiB, for the cluster's user. */
async function smallDisk(scene: Scene, { home }: Cluster, sizeMib: number): Promise<SmallDisk> {
  const mounted = path.join(scene.folder, 'small-disk');
  mkdirSync(mounted, { mode: 0o755 });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMib)}m`, 'tmpfs', mounted]);
  // Before the cluster is stopped, cleaning up would find it busy.
  scene.cleanUps.unshift(() => run('umount', [mounted]));
  const folder = path.join(mounted, 'postgres');
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, home.runAs.uid ?? 0, home.runAs.gid ?? 0);
  const filler = path.join(mounted, 'filler');
  return {
    folder,
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

/** Callers go on while the disk fills, is full, and has room again. */
async function fillUnderLoad(scene: Scene, cluster: Cluster, url: string, disk: SmallDisk): Promise<Seen> {
  const store = await openLedger(scene, url);
  const load = startLoad(store, CALLERS);
  const { told } = load;
  await pause(1_000);
  disk.fill();
  await within(PATIENCE_MS, () => told.refusedReserves + told.refusedCommits >= CALLERS);
  // Those before may all be about to commit.
  const later = startLoad(store, CALLERS, told);
  const isFull = await within(PATIENCE_MS, () => told.refusedReserves >= CALLERS);
  scene.log(`full: ${[...told.reasons].join(', ')}`);
  await pause(2_000);
  const whenFreed = told.committed.size;
  disk.free();
  await cluster.start();
  const goesOn = await within(PATIENCE_MS, () => told.committed.size >= whenFreed + CALLERS);
  await Promise.all([load.end(), later.end()]);
  const found = await compare(store, url, told);
  const { refusedReserves, refusedCommits, longestAnswerMs } = told;
  return {
    figures: { ...found, refusedReserves, refusedCommits, longestAnswerMs: Math.round(longestAnswerMs) },
    findings: untrue({
      'reserves are refused as unavailable': isFull,
      'it goes on once there is room': goesOn,
      'nothing is lost or charged twice': isSound(found),
    }),
  };
}

async function within(patienceMs: number, isSo: () => boolean): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!isSo() && performance.now() < deadline) await pause(20);
  return isSo();
}

export const fullTables: Fault = {
  name: 'disk full, of the tables',
  expected: 'reserves are refused as unavailable, nothing is written by halves, and all goes on once there is room',
  run: async (scene) => {
    if (process.getuid?.() !== 0) return NO_ROOT;
    const cluster = await newCluster(scene, 'full');
    const disk = await smallDisk(scene, cluster, 48);
    await cluster.sql(`create tablespace small location '${disk.folder}'`);
    await cluster.sql('create database small_ledger tablespace small');
    const url = Object.assign(new URL(cluster.url), { pathname: '/small_ledger' }).href;
    return fillUnderLoad(scene, cluster, url, disk);
  },
};

export const fullWal: Fault = {
  name: 'disk full, of the write-ahead log',
  expected: 'PostgreSQL stops itself; nothing that was answered is lost, and all goes on once there is room',
  run: async (scene) => {
    if (process.getuid?.() !== 0) return NO_ROOT;
    const cluster = await newCluster(scene, 'full');
    const disk = await smallDisk(scene, cluster, 400);
    await cluster.set({ max_wal_size: '64MB', min_wal_size: '32MB' });
    // A slot that nobody reads from keeps all of the log: the usual reason why it fills a disk.
    await cluster.sql(`select pg_create_physical_replication_slot('abandoned', true)`);
    await cluster.stop();
    const wal = path.join(disk.folder, 'pg_wal');
    await run('cp', ['-a', path.join(cluster.data, 'pg_wal'), wal]);
    renameSync(path.join(cluster.data, 'pg_wal'), path.join(cluster.data, 'pg_wal_before'));
    symlinkSync(wal, path.join(cluster.data, 'pg_wal'));
    await cluster.start();
    return fillUnderLoad(scene, cluster, cluster.url, disk);
  },
};
