import type { Socket } from 'node:net';
import { wayThrough } from '../../faults/way-through';

/**
 * When a connection is lost: `before` what commits has reached the server, `during` (the server has committed, and its answer is lost),
 * `after` the answer came, or `late`: what commits does not come until the server has given the transaction up.
 */
export type Moment = 'before' | 'during' | 'after' | 'late';

/** A way to PostgreSQL that reads what is sent, and can lose a connection around a COMMIT. */
export interface CommitCut {
  readonly address: string;
  /** Cuts the connection that commits next. Resolves with the statement that did, once it is cut. */
  cutAt(moment: Moment): Promise<string>;
  close(): Promise<void>;
}

interface Order {
  readonly moment: Moment;
  readonly obeyed: (statement: string) => void;
}

export async function commitCutTo(host: string, port: number): Promise<CommitCut> {
  let order: Order | null = null;
  const takeOrder = () => {
    const taken = order;
    order = null;
    return taken;
  };
  const way = await wayThrough(
    () => ({ host, port }),
    (near, far) => {
      watch(near, far, takeOrder);
    },
  );
  return {
    address: `127.0.0.1:${String(way.port)}`,
    cutAt: (moment) =>
      new Promise((obeyed) => {
        order = { moment, obeyed };
      }),
    close: way.close,
  };
}

/** Passes on whole messages. `Z` (ready for the next) answers each `Q` and each `S`, in their order. */
function watch(near: Socket, far: Socket, takeOrder: () => Order | null): void {
  const committing = commitsIn();
  let asked = 0;
  // The first one answers the greeting.
  let answered = -1;
  let awaited: (Order & { readonly answer: number; readonly statement: string }) | null = null;
  const lose = ({ obeyed }: Order, statement: string) => {
    near.destroy();
    far.destroy();
    obeyed(statement);
  };

  onMessages(near, true, (type, message) => {
    if (near.destroyed) return;
    const statement = committing(type, message);
    if (type === 'Q' || type === 'S') asked += 1;
    const order = statement === null ? null : takeOrder();
    if (order !== null && statement !== null) {
      if (order.moment === 'before') {
        lose(order, statement);
        return;
      }
      if (order.moment === 'late') {
        far.once('close', () => {
          order.obeyed(statement);
        });
        return;
      }
      awaited = { ...order, answer: asked, statement };
    }
    far.write(message);
  });

  onMessages(far, false, (type, message) => {
    const isAwaited = awaited !== null && answered + 1 === awaited.answer;
    if (type === 'Z') answered += 1;
    if (awaited === null || !isAwaited || awaited.moment === 'after') near.write(message);
    if (awaited === null || !isAwaited || type !== 'Z') return;
    const { statement, ...order } = awaited;
    if (order.moment === 'during') lose(order, statement);
    else {
      near.end();
      order.obeyed(statement);
    }
  });
}

/** Finds the messages that make the server commit: a COMMIT, or the end of a statement that is a transaction by itself and writes. */
function commitsIn(): (type: string, message: Buffer) => string | null {
  let isInTransaction = false;
  let bound = '';
  return (type, message) => {
    const [first = '', second = ''] = message.subarray(5).toString('latin1').split('\0', 2);
    if (type === 'B') bound = second;
    if (type === 'Q') {
      if (/^begin/i.test(first)) isInTransaction = true;
      if (!/^commit/i.test(first)) return null;
      isInTransaction = false;
      return first;
    }
    return type === 'S' && !isInTransaction && bound.startsWith('in_one') ? bound : null;
  };
}

/** Messages are a letter, their length, and so many bytes; a frontend's first has no letter. */
function onMessages(socket: Socket, isFrontend: boolean, take: (type: string, message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  let letters = isFrontend ? 0 : 1;
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < letters + 4) return;
      const length = letters + rest.readInt32BE(letters);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      take(letters === 0 ? '' : String.fromCharCode(message[0] ?? 0), message);
      letters = 1;
    }
  });
}
