import path from 'node:path';
import type { Config } from '../config';
import type { Log } from './log';
import { forgetPid, recallPid, rememberPid } from './pid-file';
import { startPostgres, type PostgresServer } from './postgres';
import { SetupError } from '../contract/setup-error';
import { startTemporal, type TemporalServer } from './temporal-server';

export interface Ground {
  readonly temporal: TemporalServer;
  readonly postgres: PostgresServer;
  /** Stops what was started here, and nothing else. */
  stop(): Promise<void>;
}

/** Brings up Temporal and PostgreSQL, whichever way there is. If one fails, the other is stopped again. */
export async function startGround(config: Config, log: Log): Promise<Ground> {
  const lockFile = lock(config.dataFolder);
  const [temporal, postgres] = await Promise.allSettled([startTemporal(config, log), startPostgres(config, log)]);
  const stop = async () => {
    if (temporal.status === 'fulfilled') await temporal.value.stop();
    if (postgres.status === 'fulfilled') await postgres.value.stop();
    forgetPid(lockFile);
  };
  if (temporal.status === 'fulfilled' && postgres.status === 'fulfilled')
    return { temporal: temporal.value, postgres: postgres.value, stop };
  await stop();
  throw temporal.status === 'rejected' ? temporal.reason : (postgres as PromiseRejectedResult).reason;
}

// Two of us on one data folder would each stop the servers under the other.
function lock(dataFolder: string): string {
  const lockFile = path.join(dataFolder, 'agent-budget.pid');
  const other = recallPid(lockFile, 'node');
  if (other !== null && other !== process.pid) {
    throw new SetupError(
      `Another agent-budget runs on ${dataFolder} (process ${String(other)}). Stop it, or set AGENT_BUDGET_DATA to another folder.`,
    );
  }
  rememberPid(lockFile, process.pid);
  return lockFile;
}
