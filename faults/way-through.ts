import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server, through us: whatever passes can be seen, and cut off. */
export interface WayThrough {
  readonly port: number;
  /** Closes what is open; who comes anew is let through. */
  cutAll(): void;
  readonly close: () => Promise<void>;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** Leads each who comes to what `target` says then; `join` passes on what is said, all of it unless told. */
export async function wayThrough(target: () => Target, join: (near: Socket, far: Socket) => void = passAll): Promise<WayThrough> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target());
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
    join(near, far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cutAll,
    close: async () => {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function passAll(near: Socket, far: Socket): void {
  near.pipe(far).pipe(near);
}
