import type { Pool } from 'pg';
import { inTransaction, rowsOf } from './connection';

/** An audit reads all keys that there ever were, and nobody waits for it: it may take longer than any other statement. */
const PATIENCE_MS = 15 * 60_000;

type Read = <Row extends object>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

/** Reads as of one instant, for as long as it takes. It locks nothing, so it keeps nobody waiting. */
export function inPatientSnapshot<Result>(pool: Pool, work: (read: Read) => Promise<Result>): Promise<Result> {
  return inTransaction(
    pool,
    async (db) => {
      await rowsOf(db, `set local statement_timeout = ${String(PATIENCE_MS)}`);
      return work(async <Row extends object>(text: string, values: readonly unknown[]) => {
        const patient = { text, values: [...values], query_timeout: PATIENCE_MS };
        return (await db.query<Row>(patient)).rows;
      });
    },
    'begin isolation level repeatable read read only',
  );
}
