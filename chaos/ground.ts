import path from 'node:path';
import { readConfig, type Config } from '../src/config';
import type { Log } from '../src/ground/log';
import { startEmbedded } from '../src/ground/postgres';
import { postgresHome } from '../src/ground/postgres-home';
import { NEVER } from '../src/ground/stopping';
import { startTemporal } from '../src/ground/temporal-server';
import { startFullTemporal } from './full-temporal';
import { lowPorts } from './low-ports';
import { pidsIn, serverVictim, withChildren } from './servers';
import type { Victim } from './victim';

const NAMESPACE = 'default';

export interface Ground {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly postgres: Victim;
  readonly temporal: Victim;
  stop(): Promise<void>;
}

/** PostgreSQL and Temporal of this run's own, which keep what they know in its folder and come back on the same ports. */
export async function startGround(folder: string, kind: 'dev' | 'full', log: Log): Promise<Ground> {
  const home = await postgresHome(folder);
  const [wantedPort = NaN] = await lowPorts(1);
  const { url: databaseUrl } = await startEmbedded(home, log, { wantedPort });
  const postgres = serverVictim('postgres', {
    start: async () => {
      await startEmbedded(home, log, { wantedPort });
    },
    pids: () => pidsIn(path.join(home.folder, 'data/postmaster.pid')).flatMap(withChildren),
    lastSignal: 'SIGINT',
  });
  try {
    const { address, victim: temporal } = kind === 'full' ? await startFullTemporal(folder, databaseUrl, log) : await startDev(folder, log);
    const stop = async () => {
      await temporal.stop();
      await postgres.stop();
    };
    return { databaseUrl, temporalAddress: address, postgres, temporal, stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function startDev(folder: string, log: Log): Promise<{ address: string; victim: Victim }> {
  const [temporalPort = NaN, temporalUiPort = NaN] = await lowPorts(2);
  const config: Config = {
    ...readConfig(),
    dataFolder: folder,
    temporalAddress: null,
    temporalNamespace: NAMESPACE,
    temporalPort,
    temporalUiPort,
  };
  const { address } = await startTemporal(config, log, NEVER);
  const victim = serverVictim('temporal', {
    start: async () => {
      await startTemporal(config, log, NEVER);
    },
    pids: () => pidsIn(path.join(folder, 'temporal.pid')),
    lastSignal: 'SIGTERM',
  });
  return { address, victim };
}
