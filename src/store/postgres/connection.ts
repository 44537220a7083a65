import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool, TypeOverrides, types, type PoolClient } from 'pg';
import { DomainError } from '../../domain/errors';
import { LedgerClosed, LedgerUnavailable } from '../ledger-unavailable';

/** What a statement runs on: the pool, or a client inside a transaction. */
export type Queryable = Pick<PoolClient, 'query'>;

/** With a name it is prepared, once a connection: for statements whose plan goes by no statistics, and cannot age. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

// Statements behind a lock must see what is committed when it is had, whatever isolation the database has transactions begin with.
export const BEGIN: Statement = { text: 'begin isolation level read committed', values: [] };
export const COMMIT: Statement = { text: 'commit', values: [] };

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
    // Less than a statement's time: who waits for a lock is told that it was the lock.
    lock_timeout: 4_000,
    // A process that freezes inside a transaction must not keep an organization locked.
    idle_in_transaction_session_timeout: 5_000,
    // Statements are sent without waiting for the answers to those before.
    pipeline: true,
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
export function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>, begin = BEGIN.text): Promise<Result> {
  return withConnection(pool, async (client) => {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}

/** Lends `work` a connection. Rejects as inTransaction does; a connection that failed is closed, which is what rolls back for certain. */
export async function withConnection<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  assertOpen(pool);
  const client = await pool.connect().catch((error: unknown) => {
    throw new LedgerUnavailable(error);
  });
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error instanceof DomainError || error instanceof LedgerUnavailable ? error : new LedgerUnavailable(error);
  }
}

/** Sends all statements at once and waits for all answers: the rows of each. Rejects with LedgerUnavailable, for the first that failed. */
export async function inOneGo(db: PoolClient, statements: readonly Statement[]): Promise<unknown[][]> {
  const sent = corked(db, () => statements.map(({ name, text, values }) => db.query({ text, values, ...(name && { name }) })));
  const answers = await Promise.allSettled(sent);
  return answers.map((answer, index) => {
    // What followed a transaction's beginning that failed may have been done, each for itself: that is no rollback.
    if (answer.status === 'rejected' && statements[index] === BEGIN)
      throw new LedgerUnavailable(new Error('begin', { cause: answer.reason }));
    if (answer.status === 'rejected') throw new LedgerUnavailable(answer.reason);
    return answer.value.rows as unknown[];
  });
}

/** All that `send` sends goes in one packet: the driver would make a system call of each statement. */
function corked<Result>(db: PoolClient, send: () => Result): Result {
  const { stream } = (db as unknown as { readonly connection: { readonly stream: Duplex } }).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
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
