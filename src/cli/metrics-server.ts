import { createServer } from 'node:http';

/** Serves metrics, to whoever reaches the address: HOST:PORT, or [HOST]:PORT. Rejects where it is taken. */
export async function serveMetrics(address: string, text: () => Promise<string>): Promise<() => Promise<void>> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  const server = createServer((_request, response) => {
    text().then(
      (body) => response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
}
