import type { Config } from '../config';
import { lock } from './lock';
import type { Log } from './log';
import { forgetPid } from './pid-file';
import { NEVER } from './stopping';
import { startPostgres, type PostgresServer } from './postgres';
import { startTemporal, type TemporalServer } from './temporal-server';

export interface Ground {
  readonly temporal: TemporalServer;
  readonly postgres: PostgresServer;
  /** Stops what was started here, and nothing else. */
  stop(): Promise<void>;
}

/** Brings up Temporal and PostgreSQL, whichever way there is. If one fails, or `stopping` aborts, what came up is stopped again. */
export async function startGround(config: Config, log: Log, stopping: AbortSignal = NEVER): Promise<Ground> {
  const lockFile = lock(config.dataFolder);
  const [temporal, postgres] = await Promise.allSettled([startTemporal(config, log, stopping), startPostgres(config, log, stopping)]);
  const stop = async () => {
    if (temporal.status === 'fulfilled') await temporal.value.stop();
    if (postgres.status === 'fulfilled') await postgres.value.stop();
    forgetPid(lockFile);
  };
  if (temporal.status === 'fulfilled' && postgres.status === 'fulfilled' && !stopping.aborted)
    return { temporal: temporal.value, postgres: postgres.value, stop };
  await stop();
  stopping.throwIfAborted();
  throw temporal.status === 'rejected' ? temporal.reason : (postgres as PromiseRejectedResult).reason;
}
