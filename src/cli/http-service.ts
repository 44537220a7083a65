import { isIP } from 'node:net';
import { priceUsd } from '../agents/cost';
import { createAlertClient } from '../client';
import type { Config } from '../config';
import { SetupError } from '../contract/setup-error';
import { createApi, createHttpMetrics, serveApi, type HttpMetrics, type LogEntry, type ServedApi } from '../http';
import { ensureAdminKey } from '../store/admin-key';
import { linkTo } from './link';
import { estimateUsd, type Servers } from './servers';

export interface HttpService extends ServedApi {
  /** Where the operator's key is. */
  readonly adminKeyFile: string;
}

/** Serves the HTTP API on servers that are reached. `tell` is told what an operator should know. Throws SetupError for a port in use. */
export async function serveHttp(
  servers: Omit<Servers, 'close'>,
  config: Config,
  tell: (line: string) => void,
  metrics: HttpMetrics = createHttpMetrics(),
): Promise<HttpService> {
  const { store, temporal, invocations, ground } = servers;
  const { http, taskQueue, dataFolder } = config;
  const { uiUrl: webUi, namespace } = ground.temporal;
  const { file, warning } = await ensureAdminKey(store, dataFolder, Date.now());
  if (warning !== null) tell(warning);
  if (!isLoopback(http.host) && !http.isBehindProxy) {
    tell(
      `HOST is ${http.host}: keys and amounts cross the network in clear text. Put a proxy with TLS in front, and set AGENT_BUDGET_BEHIND_PROXY=1.`,
    );
  }
  const { jwks, ...options } = http;
  const api = createApi({
    store,
    invocations,
    alerts: createAlertClient(temporal, { taskQueue }),
    checks: {
      temporal: () => temporal.workflowService.getSystemInfo({}),
      // The cheapest thing to ask for: anybody may ask whether the service is ready.
      postgresql: () => store.keyByHash(''),
    },
    estimateUsd,
    priceUsd,
    webUiLink: (workflowId) => linkTo({ webUi, namespace }, workflowId),
    now: Date.now,
    log: (entry) => {
      tell(lineOf(entry));
    },
    metrics,
    options: { ...options, ...(jwks !== null && { jwks }) },
  });
  return { ...(await listen(() => serveApi(api, http), http.port)), adminKeyFile: file };
}

async function listen(serve: () => Promise<ServedApi>, port: number): Promise<ServedApi> {
  try {
    return await serve();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new SetupError(`Port ${String(port)} (PORT) is taken. Set PORT to another.`);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function lineOf({ message, id, error }: LogEntry): string {
  return `${message} (${id}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
