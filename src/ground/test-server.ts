import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { run } from './child';
import { fillCache, inCache, isExecutable, obtain } from './executables';
import { withProgress, type Log } from './log';

const VERSION = '1.32.1';

/** The path of Temporal's time-skipping server, found or obtained. Throws SetupError naming every way when none works. */
export function testServer({ testServerPath, cacheFolder }: Config, log: Log): Promise<string> {
  const downloaded = path.join(cacheFolder, 'temporal-test-server-download');
  const fromMaven = path.join(cacheFolder, `temporal-test-server-${VERSION}`);
  return obtain(
    'time-skipping Temporal server',
    [
      { name: 'TEMPORAL_TEST_SERVER_PATH', find: () => (testServerPath !== null && isExecutable(testServerPath) ? testServerPath : null) },
      { name: 'cache', find: () => inCache(downloaded, isServer) ?? inCache(fromMaven, isServer) },
      {
        name: 'download',
        find: async () => {
          await withProgress(log, 'Downloading the time-skipping server', () => fillCache(downloaded, downloadServer));
          return inCache(downloaded, isServer);
        },
      },
      {
        name: `Maven io.temporal:temporal-test-server:${VERSION} with java`,
        find: async () => {
          await withProgress(log, 'Fetching the time-skipping server with Maven', () => fillCache(fromMaven, copyFromMaven));
          return inCache(fromMaven, isServer);
        },
      },
    ],
    'Install Java and Maven, or set TEMPORAL_TEST_SERVER_PATH.',
    log,
  );
}

function isServer(name: string): boolean {
  return name.startsWith('temporal-test-server') && !name.endsWith('.jar');
}

async function downloadServer(folder: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'cached-download', downloadDir: folder } },
  });
  await environment.teardown();
}

async function copyFromMaven(folder: string): Promise<void> {
  const pom = path.join(folder, 'pom.xml');
  writeFileSync(
    pom,
    `<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>local</artifactId><version>1</version>
<dependencies><dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${VERSION}</version></dependency></dependencies></project>`,
  );
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]);
  const script = path.join(folder, 'temporal-test-server');
  // exec: the SDK ends the process that it started, which must be the server itself and not a shell around it.
  writeFileSync(
    script,
    '#!/bin/sh\nDIR=$(cd "$(dirname "$0")" && pwd)\nexec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$DIR/*" io.temporal.testserver.TestServer "$1"\n',
  );
  chmodSync(script, 0o755);
}
