import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Scene } from './fault';

/** An address that stays, whichever server is behind it: as a proxy, a virtual address, or a name that is pointed elsewhere. */
export interface OneAddress {
  readonly port: number;
  /** From then on it leads there; who was connected is cut off. */
  pointTo(port: number): void;
}

export async function oneAddress({ cleanUps }: Scene, first: number): Promise<OneAddress> {
  const open = new Set<Socket>();
  let behind = first;
  const server = createServer((near) => {
    const far = connect(behind, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  cleanUps.push(async () => {
    cutAll();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    pointTo: (port) => {
      behind = port;
      cutAll();
    },
  };
}
