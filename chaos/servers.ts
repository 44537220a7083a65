import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, stopProcess } from '../src/ground/child';
import { freezeAll, signal, type Victim } from './victim';

/** A server that is started by us, and again after it was killed. */
export interface Startable {
  /** Starts it where it was before, on what it kept. */
  start(): Promise<void>;
  /** Its process, and those that it has started. */
  pids(): readonly number[];
  /** How it is asked to end. */
  readonly lastSignal: NodeJS.Signals;
}

/** Makes a victim of a server that runs. */
export function serverVictim(name: string, server: Startable): Victim {
  async function startAgain(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await server.start();
        return;
      } catch (error) {
        // What was killed leaves children and ports behind for a moment.
        if (tries === 20) throw error;
        await pause(500);
      }
    }
  }
  return {
    name,
    kill: async () => {
      const pids = server.pids();
      await killServer(name, pids);
      await startAgain();
      return pids.length > 0;
    },
    restart: async () => {
      const [first] = server.pids();
      if (first !== undefined) await stopProcess(first, server.lastSignal, 30_000);
      await startAgain();
    },
    freeze: (forMs) => freezeAll(server.pids(), forMs),
    stop: async () => {
      const pids = server.pids();
      for (const pid of pids) signal(pid, 'SIGCONT');
      const [first] = pids;
      if (first !== undefined) await stopProcess(first, server.lastSignal, 30_000);
    },
  };
}

const DEATH_MS = 60_000;

/** As by `kill -9` of its first process, and waits until those that it has started are gone too. */
export async function killServer(name: string, pids: readonly number[]): Promise<void> {
  for (const pid of pids.slice(0, 1)) signal(pid, 'SIGKILL');
  const deadline = performance.now() + DEATH_MS;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) throw new Error(`${name} was killed, and is there still: ${pids.filter(isAlive).join(' ')}`);
    await pause(20);
  }
}

/** The server whose process wrote its id there first, if it is alive. */
export function pidsIn(file: string): number[] {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? [pid] : [];
  } catch {
    return [];
  }
}

/** The processes that the one with this id has started, itself first; Linux's /proc says so. */
export function withChildren(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid)
    .map(Number);
  return [pid, ...children];
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(path.join('/proc', pid, 'stat'), 'utf8');
    // After the name in brackets, which may hold anything: the state, and then the parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
