import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whom a process runs as; empty for ourselves. */
export type RunAs = Pick<SpawnOptions, 'uid' | 'gid'>;

/** Runs a command to its end and returns what it printed. Rejects with the last of what it printed when it fails. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${path.basename(command)} failed: ${lastLine(output)}`));
    });
  });
}

export interface Server {
  readonly pid: number;
  /** The last line that it logged, once it has ended by itself; else null. */
  deathLine(): string | null;
}

/**
 * Starts a server in a process group of its own: Ctrl-C reaches our whole group, and what must outlive the drain must not
 * be in it. Its output goes to a file.
 */
export function startServer(command: string, args: readonly string[], logFile: string, runAs: RunAs = {}): Server {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { ...runAs, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let death: string | null = null;
  child.on('error', (error) => (death = error.message));
  child.on('exit', () => (death ??= lastLine(readFileSync(logFile, 'utf8')) || 'it ended without a word'));
  child.unref();
  return { pid: child.pid ?? -1, deathLine: () => death };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ends a process by its id, and waits until it is gone; past the patience, by force. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patienceMs = 10_000): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, signal);
  const deadline = Date.now() + patienceMs;
  while (isAlive(pid) && Date.now() < deadline) await sleep(20);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

/** Asks until it is answered; throws what `giveUp` says, when it says something, or at the end of the patience. */
export async function until(isReady: () => Promise<boolean>, giveUp: () => Error | null, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isReady())) {
    const reason = giveUp() ?? (Date.now() > deadline ? new Error(`no answer within ${String(patienceMs / 1000)} s`) : null);
    if (reason !== null) throw reason;
    await sleep(30);
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
