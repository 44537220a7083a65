import { DatabaseError } from 'pg';
import { Undecidable } from './undecidable';

/**
 * rolledBack: the database said that it did nothing. again: and that another try may be all it takes.
 * poison: and that it never will, with this batch. unknown: the connection was lost,
 * and whether the transaction was committed before shows only by the keys.
 */
export type FailureKind = 'rolledBack' | 'again' | 'poison' | 'unknown';

/** Data that it cannot take, violated constraints, names or types that it does not know, what exceeds its limits. */
const POISON = new Set(['21', '22', '23', '42', '54', '0A']);
/** The connection or the server ends, or the server has lost its head: a commit may have got through before. */
const ENDS = new Set(['08', '57', '58', 'XX']);
const CANCELLED = '57014';
/** What is between us and the server does not know how the statement ended. */
const COMPLETION_UNKNOWN = '40003';
/** A serialization failure, a deadlock. */
const AGAIN = new Set(['40001', '40P01']);

/** What is certain after a batch failed. */
export function failureKind(error: unknown): FailureKind {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Undecidable) return 'poison';
  if (!(cause instanceof DatabaseError) || cause.code === undefined) return 'unknown';
  const kind = cause.code.slice(0, 2);
  if (cause.code === COMPLETION_UNKNOWN || (ENDS.has(kind) && cause.code !== CANCELLED)) return 'unknown';
  if (AGAIN.has(cause.code)) return 'again';
  return POISON.has(kind) ? 'poison' : 'rolledBack';
}
