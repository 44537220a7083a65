import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NEVER, unlessStopped } from './stopping';

/** Whom a process runs as; empty for ourselves. */
export type RunAs = Pick<SpawnOptions, 'uid' | 'gid'>;

/** Runs a command to its end and returns what it printed. Rejects with the last of what it printed when it fails, and when `signal` ends it. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const { signal = NEVER } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    endWithUs(child, 'SIGTERM');
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      // One that is being ended is gone only at its exit.
      if (child.pid === undefined || !signal.aborted) reject(error);
    });
    child.on('exit', () => {
      if (signal.aborted) reject(signal.reason as Error);
    });
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
 * be in it. Its output goes to a file. Should we end without stopping it, it gets `lastSignal`.
 */
export function startServer(
  command: string,
  args: readonly string[],
  { logFile, lastSignal, runAs = {} }: { readonly logFile: string; readonly lastSignal: NodeJS.Signals; readonly runAs?: RunAs },
): Server {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { ...runAs, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  endWithUs(child, lastSignal);
  let death: string | null = null;
  child.on('error', (error) => (death = error.message));
  child.on('exit', () => (death ??= lastLine(readFileSync(logFile, 'utf8')) || 'it ended without a word'));
  child.unref();
  return { pid: child.pid ?? -1, deathLine: () => death };
}

function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  const end = () => child.kill(signal);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
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

/** Asks until it is answered; throws what `giveUp` says, when it says something, at the end of the patience, or when it is stopped. */
export async function until(
  isReady: () => Promise<boolean>,
  giveUp: () => Error | null,
  patienceMs: number,
  stopping: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await unlessStopped(stopping, isReady()))) {
    const reason = giveUp() ?? (Date.now() > deadline ? new Error(`no answer within ${String(patienceMs / 1000)} s`) : null);
    if (reason !== null) throw reason;
    await sleep(30);
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
