import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ServiceEvent {
  readonly event: string;
  readonly status?: string;
  readonly [field: string]: unknown;
}

/** `npm start`, or another service, as a process of its own: what it prints with --json, and its end. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly events: readonly ServiceEvent[];
  readonly errors: () => string;
  /** The next event that fits, past or future. */
  event(isWanted: (event: ServiceEvent) => boolean, patienceMs?: number): Promise<ServiceEvent>;
  /** Sends a signal and waits for the end; the exit code, or null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const alive = new Set<ServiceProcess>();

/** Ends what a failed test left running, with the servers that it started. */
export async function endServices(): Promise<void> {
  await Promise.all([...alive].map((service) => service.end('SIGINT')));
}

const MAIN = path.join(__dirname, '../../dist/src/main.js');

export function spawnService(env: Record<string, string>, args: readonly string[] = [], command = 'start'): ServiceProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEST_')));
  const child = spawn(process.execPath, [MAIN, command, '--json', ...args], {
    // Several may run at once, and nobody asks them over HTTP.
    env: { PORT: '0', ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const events: ServiceEvent[] = [];
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as ServiceEvent);
    notify();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      resolve(code);
      notify();
    });
  });

  const event = (isWanted: (event: ServiceEvent) => boolean, patienceMs = 60_000) =>
    new Promise<ServiceEvent>((resolve, reject) => {
      const look = () => {
        const found = events.find(isWanted);
        if (found === undefined && child.exitCode === null) return;
        clearTimeout(timer);
        listeners.delete(look);
        if (found === undefined) reject(new Error(`The service ended with ${String(child.exitCode)}: ${errors}`));
        else resolve(found);
      };
      const timer = setTimeout(() => {
        listeners.delete(look);
        reject(new Error(`No such event within ${String(patienceMs)} ms: ${JSON.stringify(events)} ${errors}`));
      }, patienceMs);
      listeners.add(look);
      look();
    });

  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const service = { child, events, errors: () => errors, event, end };
  alive.add(service);
  void ended.then(() => alive.delete(service));
  return service;
}
