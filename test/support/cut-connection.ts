import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut: then nothing comes through, and what was open is closed. */
export interface CutConnection {
  readonly address: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function cutConnectionTo(host: string, port: number): Promise<CutConnection> {
  const open = new Set<Socket>();
  let isCut = false;
  const destroyAll = () => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    if (isCut) near.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut: () => {
      isCut = true;
      destroyAll();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      destroyAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
