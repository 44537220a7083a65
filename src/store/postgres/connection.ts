import { setTimeout as pause } from 'node:timers/promises';
import { Pool, TypeOverrides, types, type PoolClient } from 'pg';
import { DomainError } from '../../domain/errors';
import { LedgerClosed, LedgerUnavailable } from '../ledger-unavailable';

/** What a statement runs on: the pool, or a client inside a transaction. */
export type Queryable = Pick<PoolClient, 'query'>;

// Every bigint of this schema is a safe integer: the domain refuses larger ones before they are written.
const numbersForInt8 = new TypeOverrides();
numbersForInt8.setTypeParser(types.builtins.INT8, Number);

/** A pool that gives up on an unreachable or silent server within seconds, so that a caller can say so. */
export function createPool(connectionString: string, { maxConnections = 10 }: { maxConnections?: number } = {}): Pool {
  const pool = new Pool({
    connectionString,
    max: maxConnections,
    types: numbersForInt8,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    statement_timeout: 5_000,
    application_name: 'agent-budget',
  });
  // A connection that breaks fails its next statement and is replaced. Without a listener it would end the process: the pool
  // listens on idle connections only, and a server that shuts down breaks those in a transaction between two statements too.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

const closing = new WeakMap<object, Promise<void>>();

/** Takes nothing new, and ends once what was asked before is answered: also what still waits for a connection. The same end for all who ask. */
export function closePool(pool: Pool): Promise<void> {
  const closed = closing.get(pool) ?? end(pool);
  closing.set(pool, closed);
  return closed;
}

async function end(pool: Pool): Promise<void> {
  while (pool.waitingCount > 0) await pause(5);
  await pool.end();
}

function assertOpen(db: object): void {
  if (closing.has(db)) throw new LedgerClosed();
}

/** Runs `work` in one transaction, begun as told. Rejects with LedgerUnavailable for anything but a DomainError, with LedgerClosed after the end. */
export async function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>, begin = 'begin'): Promise<Result> {
  assertOpen(pool);
  const client = await pool.connect().catch((error: unknown) => {
    throw new LedgerUnavailable(error);
  });
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // The transaction's end is unknown, and so is the connection's state: closing it is what rolls back for certain.
    client.release(true);
    throw error instanceof DomainError ? error : new LedgerUnavailable(error);
  }
}

/** The rows of one statement outside a transaction. Rejects with LedgerUnavailable, with LedgerClosed after the end. */
export async function rowsOf<Row>(db: Queryable, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  assertOpen(db);
  try {
    return (await db.query(sql, [...values])).rows as Row[];
  } catch (error) {
    throw error instanceof LedgerUnavailable ? error : new LedgerUnavailable(error);
  }
}
