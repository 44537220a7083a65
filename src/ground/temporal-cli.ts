import path from 'node:path';
import type { Config } from '../config';
import { run } from './child';
import { fillCache, inCache, isExecutable, obtain, onPath } from './executables';
import { withProgress, type Log } from './log';

/** The newest tag of the CLI that `go install` accepts. */
const CLI_VERSION = 'v1.5.1';

/** The path of the `temporal` command, found or obtained. Throws SetupError naming every way when none works. */
export function temporalCli(
  { temporalCliPath, searchPath, cacheFolder, environment }: Config,
  log: Log,
  signal: AbortSignal,
): Promise<string> {
  const downloaded = path.join(cacheFolder, 'temporal-cli-download');
  const compiled = path.join(cacheFolder, `temporal-cli-${CLI_VERSION}`);
  return obtain(
    'Temporal CLI',
    [
      { name: 'TEMPORAL_CLI_PATH', find: () => (temporalCliPath !== null && isExecutable(temporalCliPath) ? temporalCliPath : null) },
      { name: '`temporal` on PATH', find: () => onPath('temporal', searchPath) },
      { name: 'cache', find: () => inCache(downloaded, isTemporal) ?? inCache(compiled, isTemporal) },
      {
        name: 'download',
        find: async () => {
          await withProgress(log, 'Downloading the Temporal CLI', () => fillCache(downloaded, downloadCli));
          return inCache(downloaded, isTemporal);
        },
      },
      {
        name: `go install github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`,
        find: async () => {
          await withProgress(log, 'Compiling the Temporal CLI with Go, once; about 3 minutes', () =>
            fillCache(compiled, async (scratch) => {
              await run('go', ['install', `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`], {
                env: { ...environment, GOBIN: scratch },
                signal,
              });
            }),
          );
          return inCache(compiled, isTemporal);
        },
      },
    ],
    'Install it (or Go, to have it compiled), or set TEMPORAL_CLI_PATH.',
    log,
    signal,
  );
}

function isTemporal(name: string): boolean {
  return name.startsWith('temporal');
}

// The SDK downloads the CLI for its test environments: letting it start one, once, fetches it.
async function downloadCli(folder: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder } },
  });
  await environment.teardown();
}
