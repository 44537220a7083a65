import type { Config } from '../config';
import type { Ground } from '../ground/ground';
import { Unavailable } from './exit-code';
import { addressesOn, type Running } from './running';

export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
  /** Null where we do not know it. */
  readonly webUi: string | null;
  /** What says so, for people: `TEMPORAL_ADDRESS`, or the data folder. */
  readonly by: string;
}

export interface DatabasePlace {
  readonly url: string;
  readonly by: string;
}

export interface Places {
  /** Where workers take their tasks from: as the environment says, else as the `start` does that runs here. */
  readonly taskQueue: string;
  readonly temporal: TemporalPlace | null;
  readonly database: DatabasePlace | null;
}

/** Where the servers are: as the environment says, else those of the `start` that runs on the data folder. */
export async function findPlaces(config: Config): Promise<Places> {
  const { temporalAddress, databaseUrl, dataFolder, environment } = config;
  const running = temporalAddress !== null && databaseUrl !== null ? null : await addressesOn(dataFolder);
  const isQueueNamed = environment['AGENT_BUDGET_TASK_QUEUE'] !== undefined || temporalAddress !== null;
  return {
    taskQueue: isQueueNamed ? config.taskQueue : (running?.taskQueue ?? config.taskQueue),
    temporal: temporalOf(config, running),
    database: databaseOf(config, running),
  };
}

/** Throws Unavailable, with what to do, where nothing says where Temporal is. */
export function temporalIn(places: Places, config: Config): TemporalPlace {
  return places.temporal ?? nowhere('Temporal server', 'TEMPORAL_ADDRESS', config);
}

export function databaseIn(places: Places, config: Config): DatabasePlace {
  return places.database ?? nowhere('ledger', 'DATABASE_URL', config);
}

function temporalOf(
  { temporalAddress, temporalNamespace, temporalUiUrl, dataFolder }: Config,
  running: Running | null,
): TemporalPlace | null {
  if (temporalAddress !== null)
    return { address: temporalAddress, namespace: temporalNamespace, webUi: temporalUiUrl, by: 'TEMPORAL_ADDRESS' };
  return running && { address: running.temporalAddress, namespace: running.namespace, webUi: running.webUi, by: dataFolder };
}

function databaseOf({ databaseUrl, dataFolder }: Config, running: Running | null): DatabasePlace | null {
  if (databaseUrl !== null) return { url: databaseUrl, by: 'DATABASE_URL' };
  return running && { url: running.databaseUrl, by: dataFolder };
}

function nowhere(what: string, variable: string, { dataFolder }: Config): never {
  throw new Unavailable(
    `No ${what}: ${variable} is not set, and no agent-budget is up on ${dataFolder}. Set ${variable}, or run \`agent-budget start\`` +
      ' (AGENT_BUDGET_DATA names its folder).',
  );
}

/** Servers that somebody else runs, as ours would be. Throws Unavailable where nothing says where they are. */
export function groundOf(places: Places, config: Config): Ground {
  const { address, namespace, webUi } = temporalIn(places, config);
  const stop = () => Promise.resolve();
  return { temporal: { address, namespace, uiUrl: webUi, stop }, postgres: { url: databaseIn(places, config).url, stop }, stop };
}
