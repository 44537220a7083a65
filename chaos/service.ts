import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { freezeAll, signal, type Victim } from './victim';

const MAIN = path.join(__dirname, '../src/main.js');
/** As a supervisor would, which starts again what has ended. */
const BACK_AFTER_MS = 300;
/** How long it may drain: our own 15 s and a little. */
const DRAIN_MS = 25_000;

export interface Service extends Victim {
  /** Once it has said that it is ready, for the first time. */
  readonly ready: Promise<void>;
}

/** On a machine with ten times its load it takes one. */
const BOOT_MS = 180_000;

/** `agent-budget worker`, or `agent-budget api`, as a process that is started again whenever it ends; what it says goes to a log in the folder. */
export function startService(name: string, command: string, env: Readonly<Record<string, string>>, folder: string): Service {
  let child: ChildProcess;
  let isStopped = false;
  let isReady: () => void;
  const ready = new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => {
      reject(new Error(`${name} is not ready after ${String(BOOT_MS)} ms: see ${path.join(folder, `${name}.log`)} (--keep)`));
    }, BOOT_MS);
    isReady = () => {
      clearTimeout(deadline);
      resolve();
    };
  });

  function start(): void {
    child = spawn(process.execPath, ['--enable-source-maps', MAIN, command, '--json'], {
      // Nothing else: what the shell says of servers is of others than this run's.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const note = (line: string) => {
      appendFileSync(path.join(folder, `${name}.log`), `${line}\n`);
    };
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.includes('"event":"ready"')) isReady();
        else note(line);
      });
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', note);
    child.once('exit', (code, by) => {
      note(`${new Date().toISOString()} ended with ${String(code ?? by)}`);
      setTimeout(() => {
        if (!isStopped) start();
      }, BACK_AFTER_MS);
    });
  }

  /** False where there was nothing to end. */
  async function end(name: NodeJS.Signals): Promise<boolean> {
    const { pid } = child;
    if (child.exitCode !== null || child.signalCode !== null || pid === undefined) return false;
    const ended = once(child, 'exit');
    signal(pid, 'SIGCONT');
    signal(pid, name);
    const given = new AbortController();
    await Promise.race([ended, pause(DRAIN_MS, undefined, { signal: given.signal }).then(() => child.kill('SIGKILL'))]);
    await ended;
    given.abort();
    return true;
  }

  start();
  return {
    name,
    ready,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
    },
    freeze: (forMs) => freezeAll(child.pid === undefined ? [] : [child.pid], forMs),
    stop: async () => {
      isStopped = true;
      await end('SIGTERM');
    },
  };
}
