import { command } from '../args/command';
import { ExitCode } from '../exit-code';
import { stopped, unlessStopped } from '../../ground/stopping';
import { groundOf } from '../reach';
import { withoutPassword } from '../show/address';

export const worker = command({
  name: 'worker',
  summary: 'only a worker, on servers that run already; drains on Ctrl-C or SIGTERM',
  isService: true,
  examples: [
    ['DATABASE_URL=postgresql://... TEMPORAL_ADDRESS=temporal:7233 agent-budget worker', 'as many as you like, on any machine'],
    ['agent-budget worker', 'one more beside the `agent-budget start` on this data folder'],
  ],
  notes: ['It brings the schema up to date. Runs in flight get 15 s to end when it is stopped.'],
  run: async (context) => {
    const config = context.config();
    const places = await context.places();
    const { taskQueue } = places;
    const ground = groundOf(places, config);
    // Says that no server answers, before a worker is built on it; and is closed with the context.
    await unlessStopped(context.stopping, context.temporal());
    const { startService } = await import('../service.ts');
    const service = await startService(() => Promise.resolve(ground), { ...config, taskQueue }, context.stopping);
    const { address, namespace } = ground.temporal;
    const ready = {
      event: 'ready',
      temporal: address,
      namespace,
      database: withoutPassword(ground.postgres.url),
      taskQueue,
      pid: process.pid,
    };
    context.output.document(ready, () => `Worker ready on task queue ${taskQueue}. Temporal at ${address}, ledger at ${ready.database}`);
    try {
      await Promise.race([stopped(context.stopping), service.running]);
    } finally {
      context.output.note('Stopping: runs in flight get 15 s to end.');
      await service.stop();
    }
    return ExitCode.ok;
  },
});
