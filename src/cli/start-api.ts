import type { Config } from '../config';
import { encryptionFrom } from '../encryption';
import type { Ground } from '../ground/ground';
import { unlessStopped } from '../ground/stopping';
import { createAlertPokes, pokeOnNews } from '../worker/alert-pokes';
import { createHttpMetrics } from '../http';
import { serveHttp, type HttpService } from './http-service';
import { serveMetrics } from './metrics-server';
import { reachServers } from './servers';

/** The HTTP API in a process without a worker. */
export async function startApi(
  ground: Ground,
  config: Config,
  { tell, stopping }: { readonly tell: (line: string) => void; readonly stopping: AbortSignal },
): Promise<HttpService> {
  const servers = await reachServers(ground, config, await encryptionFrom(config), stopping);
  // What is charged here is told at once, as where a worker charges it.
  const pokes = pokeOnNews(servers.store, createAlertPokes(servers.temporal, config.taskQueue));
  const metrics = createHttpMetrics();
  let stopMetrics: (() => Promise<void>) | undefined;
  const close = async () => {
    await Promise.all([pokes.stop(), stopMetrics?.()]);
    await servers.close();
  };
  try {
    if (config.metricsAddress !== null) stopMetrics = await serveMetrics(config.metricsAddress, metrics.all);
    const http = await unlessStopped(stopping, serveHttp(servers, config, tell, metrics));
    return { ...http, close: (drainMs) => http.close(drainMs).finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}
