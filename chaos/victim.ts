import { setTimeout as pause } from 'node:timers/promises';

/** Something that faults are done to: a process of ours, or a server. */
export interface Victim {
  readonly name: string;
  /** SIGKILL; it comes back by itself, or is brought back. False where there was nothing alive. */
  kill(): Promise<boolean>;
  /** Asks it to end as an operator would, and starts it anew. */
  restart(): Promise<void>;
  /** SIGSTOP and, after so long, SIGCONT: it is there, and does nothing. */
  freeze(forMs: number): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

/** Stops processes for a while. Those that end meanwhile are left alone. */
export async function freezeAll(pids: readonly number[], forMs: number): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  await pause(forMs);
  for (const pid of pids) signal(pid, 'SIGCONT');
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
