import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A connection on which a test writes what no client would. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that was answered by now. */
  readonly said: () => string;
  /** Resolves with all of it once the server has hung up. */
  readonly closed: Promise<string>;
}

export async function open(url: string): Promise<RawConnection> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  // Who writes on a connection that the server has closed is told so.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(said);
    });
  });
  await once(socket, 'connect');
  return { socket, said: () => said, closed };
}

export const statusesIn = (said: string): number[] => [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
