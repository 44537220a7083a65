import type { Operation, Outcome } from '../domain/ledger';
import { LedgerOverloaded, LedgerUnavailable } from './ledger-unavailable';

/** What one caller asked for: its operations are carried out in one transaction, in order. */
export interface Request {
  readonly operations: readonly Operation[];
  /** Its place in the order in which they came. */
  readonly number: number;
  /** Milliseconds of the process's own clock. */
  readonly since: number;
  answer(outcomes: readonly Outcome[]): void;
  refuse(error: Error): void;
}

/** An organization's requests that are carried out together. */
export interface Batch {
  readonly organizationId: string;
  readonly requests: readonly Request[];
  readonly operations: readonly Operation[];
}

/** One organization's requests, in the order in which they came. */
export interface Lane {
  readonly organizationId: string;
  readonly waiting: Request[];
  /** Batches sent and not answered yet, and the operations in them. */
  inFlight: number;
  operationsInFlight: number;
  /** A batch has the organization's lock, or waits for it: no other is begun. */
  isLocked: boolean;
  /** The next batch takes the lock: not all that it needs was known. */
  mustLock: boolean;
}

export function newLane(organizationId: string): Lane {
  return { organizationId, waiting: [], inFlight: 0, operationsInFlight: 0, isLocked: false, mustLock: false };
}

/** Takes what came first, until `most` operations; a larger request goes alone. */
export function takeBatch(lane: Lane, most: number): Batch {
  let operations = 0;
  let count = 0;
  for (const request of lane.waiting) {
    if (count > 0 && operations + request.operations.length > most) break;
    operations += request.operations.length;
    count += 1;
  }
  return batchOf(lane.organizationId, lane.waiting.splice(0, count));
}

/** Of a batch of which nothing was done: each waits for its turn anew, before all that came after it. */
export function putBack({ waiting }: Lane, { requests }: Batch): void {
  waiting.push(...requests.map((request) => ({ ...request, since: performance.now() })));
  waiting.sort((some, other) => some.number - other.number);
}

export function batchOf(organizationId: string, requests: readonly Request[]): Batch {
  return { organizationId, requests, operations: requests.flatMap((request) => request.operations) };
}

/** Gives each request the outcomes of its own operations. */
export function answerAll({ requests }: Batch, outcomes: readonly Outcome[]): void {
  let start = 0;
  for (const request of requests) {
    request.answer(outcomes.slice(start, start + request.operations.length));
    start += request.operations.length;
  }
}

export function refuseAll({ requests }: Pick<Batch, 'requests'>, error: unknown): void {
  const refusal = error instanceof LedgerUnavailable ? error : new LedgerUnavailable(error);
  for (const request of requests) request.refuse(refusal);
}

/** Refuses those that have waited since before `earliest`: nothing of them was done. Returns how many operations those were. */
export function refuseStale(lane: Lane, earliest: number): number {
  // Mostly none is. What was put back waits anew before others that have waited longer, so that the first says nothing of the rest.
  const stale = lane.waiting.filter(({ since }) => since < earliest);
  if (stale.length === 0) return 0;
  lane.waiting.splice(0, lane.waiting.length, ...lane.waiting.filter(({ since }) => since >= earliest));
  refuseAll({ requests: stale }, new LedgerOverloaded('the request waited too long for its turn'));
  return stale.reduce((count, { operations }) => count + operations.length, 0);
}
