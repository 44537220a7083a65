import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { readConfig } from '../src/config';
import { startGround, type Ground } from '../src/ground/ground';
import { freePort } from '../src/ground/ports';
import { migrate } from '../src/store/postgres/migrate';
import { invocationKinds } from './invocation-kinds';
import { measure } from './invocation-rounds';
import { figuresOf, show } from './invocation-report';
import type { WorkerSettings } from './invocation-settings';
import { runBench } from './run-bench';

/**
 * What a budget costs an invocation, beside the same agent without one: on servers of its own (as `npm start` has them, PostgreSQL with
 * fsync on), a worker in another process. `npm run -s bench:invocation -- --json`; with `--ledger memory`, what the workflow costs alone.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    runs: { type: 'string', default: '20' },
    concurrency: { type: 'string', default: '16' },
    ledger: { type: 'string', default: 'postgres' },
  },
});

async function startWorker(settings: WorkerSettings) {
  const worker = fork(path.join(__dirname, 'invocation-worker.js'), [JSON.stringify(settings)]);
  const ended = once(worker, 'exit');
  await Promise.race([
    once(worker, 'message'),
    ended.then(() => {
      throw new Error('The worker did not start');
    }),
  ]);
  return {
    stop: async () => {
      if (worker.connected) worker.send('stop');
      await ended;
    },
  };
}

async function measureOn(ground: Ground, folder: string): Promise<void> {
  const { address } = ground.temporal;
  const workflowsPath = path.join(__dirname, 'workflows.js');
  const [{ code }] = await Promise.all([
    bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    migrate(ground.postgres.url),
  ]);
  const bundle = path.join(folder, 'workflows.js');
  writeFileSync(bundle, code);
  const worker = await startWorker({ address, bundle, databaseUrl: options.ledger === 'memory' ? null : ground.postgres.url });
  const connection = await Connection.connect({ address });
  try {
    const settings = { rounds: Number(options.rounds), runs: Number(options.runs), concurrency: Number(options.concurrency) };
    const rounds = await measure(invocationKinds(new Client({ connection })), settings);
    const machine = { ledger: options.ledger, ...settings, node: process.version, cpus: os.cpus().length };
    const figures = { ...figuresOf(rounds), ...machine };
    if (options.json) console.log(JSON.stringify(figures));
    else show(figures);
  } finally {
    await connection.close();
    await worker.stop();
  }
}

async function main(folder: string): Promise<void> {
  const ports = { temporalPort: await freePort(), temporalUiPort: await freePort() };
  const config = { ...readConfig(), ...ports, dataFolder: path.join(folder, 'data'), databaseUrl: null, temporalAddress: null };
  const ground = await startGround(config, () => undefined);
  try {
    await measureOn(ground, folder);
  } finally {
    await ground.stop();
  }
}

runBench(main);
