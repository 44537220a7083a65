import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { Config } from '../config';
import { isAlive, startServer, stopProcess, until } from './child';
import type { Log } from './log';
import { forgetPid, recallPid, rememberPid } from './pid-file';
import { isPortFree } from './ports';
import { SetupError } from '../contract/setup-error';
import { unlessStopped } from './stopping';
import { temporalCli } from './temporal-cli';

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  /** Null where we do not know it. */
  readonly uiUrl: string | null;
  stop(): Promise<void>;
}

/** Finds the server that TEMPORAL_ADDRESS names, or starts a dev server with its state in the data folder. */
export async function startTemporal(config: Config, log: Log, stopping: AbortSignal): Promise<TemporalServer> {
  const { temporalAddress, temporalNamespace: namespace, temporalUiUrl } = config;
  if (temporalAddress === null) return startDevServer(config, log, stopping);
  if (!(await unlessStopped(stopping, isAnswering(temporalAddress, 5_000)))) {
    throw new SetupError(
      `No Temporal server answers at TEMPORAL_ADDRESS ${temporalAddress}. Start it, or unset TEMPORAL_ADDRESS to have one started.`,
    );
  }
  return { address: temporalAddress, namespace, uiUrl: temporalUiUrl, stop: () => Promise.resolve() };
}

async function startDevServer(config: Config, log: Log, stopping: AbortSignal): Promise<TemporalServer> {
  const { dataFolder, temporalPort, temporalUiPort, temporalNamespace: namespace } = config;
  const address = `127.0.0.1:${String(temporalPort)}`;
  const pidFile = path.join(dataFolder, 'temporal.pid');
  const server = (pid: number): TemporalServer => ({
    address,
    namespace,
    uiUrl: `http://127.0.0.1:${String(temporalUiPort)}`,
    stop: async () => {
      await stopProcess(pid, 'SIGTERM');
      forgetPid(pidFile);
    },
  });

  const left = recallPid(pidFile, 'temporal');
  if (left !== null) {
    if (await unlessStopped(stopping, isAnswering(address, 2_000))) return server(left);
    await stopProcess(left, 'SIGTERM');
  }
  await assertPortFree(
    temporalPort,
    'TEMPORAL_PORT',
    ' Set TEMPORAL_ADDRESS to use the server that runs there, or TEMPORAL_PORT to choose another.',
  );
  await assertPortFree(temporalUiPort, 'TEMPORAL_UI_PORT', ' Set TEMPORAL_UI_PORT to choose another for the Web UI.');
  const logFile = path.join(dataFolder, 'temporal.log');
  const command = await temporalCli(config, log, stopping);
  stopping.throwIfAborted();
  const started = startServer(command, devServerArgs(config), { logFile, lastSignal: 'SIGKILL' });
  rememberPid(pidFile, started.pid);
  try {
    const died = () => {
      const line = started.deathLine();
      return line === null ? null : new Error(line);
    };
    await until(() => isAnswering(address, 1_000), died, 20_000, stopping);
  } catch (error) {
    if (isAlive(started.pid)) await stopProcess(started.pid, 'SIGTERM');
    forgetPid(pidFile);
    stopping.throwIfAborted();
    throw new SetupError(
      `The Temporal server did not start: ${error instanceof Error ? error.message : String(error)}. Its log is ${logFile}.`,
    );
  }
  return server(started.pid);
}

/** The flags with which a bare workflow takes 20 ms instead of 150 (docs/decisions.md). */
function devServerArgs({ dataFolder, temporalPort, temporalUiPort, temporalNamespace }: Config): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(temporalPort), '--ui-port', String(temporalUiPort)],
    ...['--namespace', temporalNamespace, '--log-level', 'error'],
    ...['--db-filename', path.join(dataFolder, 'temporal.db')],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
    ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
    ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
  ];
}

async function assertPortFree(port: number, name: string, advice: string): Promise<void> {
  if (!(await isPortFree(port))) throw new SetupError(`Port ${String(port)} (${name}) is taken.${advice}`);
}

async function isAnswering(address: string, timeoutMs: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
