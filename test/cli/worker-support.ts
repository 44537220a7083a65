import { createInterface } from 'node:readline';
import { endOf, spawnCommand, type Ended, type Env, type Fields } from './command-line';

/** `agent-budget worker` as a process of its own. */
export interface WorkerProcess {
  readonly ready: Fields;
  readonly pid: number;
  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export async function startWorker(env: Env): Promise<WorkerProcess> {
  const child = spawnCommand(env, ['worker', '--json']);
  const ended = endOf(child);
  const ready = await new Promise<Fields>((resolve, reject) => {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).once('line', (line) => {
        resolve(JSON.parse(line) as Fields);
      });
    void ended.then(({ err }) => {
      reject(new Error(`The worker ended: ${err}`));
    });
  });
  return {
    ready,
    pid: child.pid ?? -1,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
