import type { Config } from '../../config';
import { command } from '../args/command';
import { ExitCode } from '../exit-code';
import { Interrupted, stopped, unlessStopped } from '../../ground/stopping';
import { groundOf } from '../reach';
import { withoutPassword } from '../show/address';

export const api = command({
  name: 'api',
  summary: 'only the HTTP API, on servers that run already; drains on Ctrl-C or SIGTERM',
  isService: true,
  examples: [
    ['DATABASE_URL=postgresql://... TEMPORAL_ADDRESS=temporal:7233 agent-budget api', 'as many as you like, behind a proxy with TLS'],
    ['PORT=8081 agent-budget api', 'one more beside the `agent-budget start` on this data folder'],
  ],
  notes: [
    'It brings the schema up to date. It listens on HOST (127.0.0.1) and PORT (8080). At its first start it makes an operator key, which is',
    'kept in the file admin-key of the data folder. What it is asked to run takes an `agent-budget worker`. On SIGTERM it goes on answering',
    'for AGENT_BUDGET_DRAIN_SECONDS (5), with /health/ready at 503; on Ctrl-C it does not.',
  ],
  run: async (context) => {
    const config = context.config();
    const { stopping } = context;
    const places = await context.places();
    const ground = groundOf(places, config);
    // Says that no server answers, before the API is built on it; and is closed with the context.
    await unlessStopped(stopping, context.temporal());
    const { startApi } = await import('../start-api.ts');
    const http = await startApi(ground, { ...config, taskQueue: places.taskQueue }, { tell: context.output.note, stopping });
    const { address: temporal, namespace } = ground.temporal;
    const database = withoutPassword(ground.postgres.url);
    const { url, adminKeyFile: adminKey } = http;
    const ready = { event: 'ready', api: url, adminKey, temporal, namespace, database, taskQueue: places.taskQueue, pid: process.pid };
    context.output.document(
      ready,
      () => `HTTP API at ${url} (reference: ${url}/docs). Temporal at ${temporal}, ledger at ${database}. Operator key in ${adminKey}`,
    );
    await stopped(stopping);
    const drainSeconds = drainOf(stopping.reason, config.http);
    const meanwhile = drainSeconds > 0 ? `not ready for ${String(drainSeconds)} s, then ` : '';
    context.output.note(`Stopping: ${meanwhile}requests in flight get 10 s to end.`);
    await http.close(drainSeconds * 1_000);
    return ExitCode.ok;
  },
});

/** Whoever supervises it tells it by SIGTERM, and needs time to send requests elsewhere; whoever presses Ctrl-C wants it gone. */
function drainOf(reason: unknown, { drainSeconds }: Config['http']): number {
  return reason instanceof Interrupted && reason.by === 'SIGTERM' ? drainSeconds : 0;
}
