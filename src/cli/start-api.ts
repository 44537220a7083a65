import type { Config } from '../config';
import type { Ground } from '../ground/ground';
import { unlessStopped } from '../ground/stopping';
import { createAlertPokes, pokeOnNews } from '../worker/alert-pokes';
import { serveHttp, type HttpService } from './http-service';
import { reachServers } from './servers';

/** The HTTP API in a process without a worker. */
export async function startApi(
  ground: Ground,
  config: Config,
  { tell, stopping }: { readonly tell: (line: string) => void; readonly stopping: AbortSignal },
): Promise<HttpService> {
  const servers = await reachServers(ground, config, stopping);
  // What is charged here is told at once, as where a worker charges it.
  const pokes = pokeOnNews(servers.store, createAlertPokes(servers.temporal, config.taskQueue));
  const close = async () => {
    await pokes.stop();
    await servers.close();
  };
  try {
    const http = await unlessStopped(stopping, serveHttp(servers, config, tell));
    return { ...http, close: () => http.close().finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}
