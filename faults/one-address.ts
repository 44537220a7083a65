import type { Scene } from './fault';
import { wayThrough } from './way-through';

/** An address that stays, whichever server is behind it: as a proxy, a virtual address, or a name that is pointed elsewhere. */
export interface OneAddress {
  readonly port: number;
  /** From then on it leads there; who was connected is cut off. */
  pointTo(port: number): void;
}

export async function oneAddress({ cleanUps }: Scene, first: number): Promise<OneAddress> {
  let behind = first;
  const way = await wayThrough(() => ({ host: '127.0.0.1', port: behind }));
  cleanUps.push(way.close);
  return {
    port: way.port,
    pointTo: (port) => {
      behind = port;
      way.cutAll();
    },
  };
}
