import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { readConfig } from '../src/config';
import { isAlive, run, startServer, until } from '../src/ground/child';
import { fillCache, inCache, obtain } from '../src/ground/executables';
import { withProgress, type Log } from '../src/ground/log';
import { NEVER } from '../src/ground/stopping';
import { lowPorts } from './low-ports';
import { serverVictim } from './servers';
import type { Victim } from './victim';

/** The newest tag that `go install` accepts. */
const VERSION = 'v1.29.1';
const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' };

/** The Temporal server that deployments run, all four services in one process, with its state in PostgreSQL. */
export async function startFullTemporal(
  folder: string,
  databaseUrl: string,
  log: Log,
): Promise<{ readonly address: string; readonly victim: Victim }> {
  const tools = await compiled(log);
  await setUpSchemas(tools.sql, databaseUrl);
  const ports = await lowPorts(9);
  const config = path.join(folder, 'temporal-config');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'dynamic.yaml'), '');
  // YAML takes JSON.
  writeFileSync(path.join(config, 'development.yaml'), JSON.stringify(configOf(databaseUrl, config, ports), null, 1));
  const address = `127.0.0.1:${String(ports[0])}`;
  let pid = NaN;
  const start = async () => {
    const logFile = path.join(folder, 'temporal.log');
    const args = ['--root', folder, '--config', 'temporal-config', '--env', 'development', 'start'];
    const server = startServer(tools.server, args, { logFile, lastSignal: 'SIGKILL' });
    pid = server.pid;
    const died = () => {
      const line = server.deathLine();
      return line === null ? null : new Error(line);
    };
    await until(() => hasNamespace(address), died, 60_000, NEVER);
  };
  await start();
  return { address, victim: serverVictim('temporal', { start, pids: () => (isAlive(pid) ? [pid] : []), lastSignal: 'SIGTERM' }) };
}

async function compiled(log: Log): Promise<{ readonly server: string; readonly sql: string }> {
  const { cacheFolder, environment } = readConfig();
  const cache = path.join(cacheFolder, `temporal-server-${VERSION}`);
  const find = () => inCache(cache, (name) => name === 'server');
  const packages = ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@${VERSION}`);
  const build = async (scratch: string) => {
    for (const name of packages) await run('go', ['install', name], { env: { ...environment, GOBIN: scratch } });
  };
  const server = await obtain(
    'Temporal server',
    [
      { name: 'cache', find },
      {
        name: `go install ${packages.join(' ')}`,
        find: async () => {
          await withProgress(log, 'Compiling the Temporal server with Go, once; some minutes', () => fillCache(cache, build));
          return find();
        },
      },
    ],
    'Install Go.',
    log,
  );
  return { server, sql: path.join(path.dirname(server), 'sql') };
}

async function setUpSchemas(sql: string, databaseUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const reach = ['--plugin', 'postgres12', '--ep', hostname, '--port', port, '--user', username, '--password', password];
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  for (const name of Object.values(DATABASES)) await client.query(`create database ${name}`);
  await client.end();
  for (const [schema, database] of Object.entries(DATABASES)) {
    await run(sql, [...reach, '--database', database, 'setup-schema', '--version', '0.0']);
    await run(sql, [...reach, '--database', database, 'update-schema', '--schema-name', `postgresql/v12/${schema}`]);
  }
}

function configOf(databaseUrl: string, folder: string, ports: readonly number[]): object {
  const { host, username: user, password } = new URL(databaseUrl);
  const store = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: host,
      connectProtocol: 'tcp',
      user,
      password,
      maxConns,
      maxIdleConns: maxConns,
    },
  });
  const [frontend, ...others] = ports;
  const service = (grpcPort: number | undefined, membershipPort: number | undefined, httpPort?: number) => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true, ...(httpPort !== undefined && { httpPort }) },
  });
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { default: store(DATABASES.temporal, 20), visibility: store(DATABASES.visibility, 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: service(frontend, others[0], others[7]),
      matching: service(others[1], others[2]),
      history: service(others[3], others[4]),
      worker: service(others[5], others[6]),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${String(frontend)}` },
      },
    },
    dynamicConfigClient: { filepath: path.join(folder, 'dynamic.yaml'), pollInterval: '60s' },
    publicClient: { hostPort: `127.0.0.1:${String(frontend)}` },
  };
}

/** Whether it answers and has the namespace, which it makes of what is asked here. */
async function hasNamespace(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    const { workflowService } = connection;
    const namespace = 'default';
    await workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } })
      .catch(() => undefined);
    // A frontend takes a while to see a new namespace.
    await workflowService.countWorkflowExecutions({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close().catch(() => undefined);
  }
}
