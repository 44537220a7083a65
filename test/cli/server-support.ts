import { createInterface } from 'node:readline';
import { endOf, spawnCommand, type Ended, type Env, type Fields } from './command-line';

/** `agent-budget worker` or `api` as a process of its own. */
export interface ServerProcess {
  readonly ready: Fields;
  readonly pid: number;
  /** What it has said on stderr so far. */
  readonly said: () => string;
  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export const startWorker = (env: Env) => startServer('worker', env);

export async function startServer(command: 'worker' | 'api', env: Env): Promise<ServerProcess> {
  // Nobody balances load between tests.
  const child = spawnCommand({ AGENT_BUDGET_DRAIN_SECONDS: '0', ...env }, [command, '--json']);
  const ended = endOf(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ready = await new Promise<Fields>((resolve, reject) => {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).once('line', (line) => {
        resolve(JSON.parse(line) as Fields);
      });
    void ended.then(({ err }) => {
      reject(new Error(`The ${command} ended: ${err}`));
    });
  });
  return {
    ready,
    pid: child.pid ?? -1,
    said: () => said,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
