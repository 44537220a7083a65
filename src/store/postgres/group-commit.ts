import type { Pool } from 'pg';
import type { Operation, Outcome } from '../../domain/ledger';
import { newLane, putBack, refuseStale, takeBatch, type Lane } from '../lanes';
import { LedgerClosed, LedgerOverloaded } from '../ledger-unavailable';
import { createCarryOut, type Decided } from './carry-out';
import type { News } from './write-batches';

/** Measured, see docs/decisions.md. */
export interface GroupCommitLimits {
  /** Operations of one organization in a transaction; fewer than the least are not parted. */
  readonly leastInBatch: number;
  readonly mostInBatch: number;
  /** Operations in a transaction. */
  readonly mostInTransaction: number;
  /** Transactions sent and not answered: while one is written, the next is decided. */
  readonly mostInFlight: number;
  /** Operations that wait; more are refused with LedgerOverloaded. */
  readonly mostWaiting: number;
  /** How long one may wait, in milliseconds. */
  readonly longestWaitMs: number;
}

export const LIMITS: GroupCommitLimits = {
  leastInBatch: 16,
  mostInBatch: 256,
  mostInTransaction: 512,
  mostInFlight: 2,
  mostWaiting: 20_000,
  longestWaitMs: 5_000,
};

export interface GroupCommit {
  submit(organizationId: string, operations: readonly Operation[]): Promise<readonly Outcome[]>;
  /** Waits for what was submitted; what is submitted afterwards rejects with LedgerClosed. */
  close(): Promise<void>;
}

/**
 * Carries out what many callers ask for in few transactions. Each organization has a lane; what arrives while its batch is under way
 * forms the next. Where this process knows an organization's ledger, a batch is decided without a look and sent behind the one before,
 * several organizations' in one transaction; the database refuses it where anything of it was not so (see stepOrganizations,
 * insertHolds), and it is carried out again under the lock, as is what was not known.
 */
export function createGroupCommit(writers: Pool, tell: (news: News) => void, limits: GroupCommitLimits): GroupCommit {
  const lanes = new Map<string, Lane>();
  const carryOut = createCarryOut(writers, tell);
  // One connection is for batches that need not wait.
  const mostLocked = Math.max(1, writers.options.max - 1);
  let count = 0;
  let waiting = 0;
  let inFlight = 0;
  let locked = 0;
  let isScheduled = false;
  let closing: Promise<void> | null = null;
  let onceIdle: (() => void) | null = null;

  function submit(organizationId: string, operations: readonly Operation[]): Promise<readonly Outcome[]> {
    if (closing !== null) return Promise.reject(new LedgerClosed());
    if (waiting > 0 && waiting + operations.length > limits.mostWaiting) {
      return Promise.reject(new LedgerOverloaded(`${String(waiting)} operations wait for their turn`));
    }
    return new Promise((answer, refuse) => {
      const lane = lanes.get(organizationId) ?? newLane(organizationId);
      lanes.set(organizationId, lane);
      lane.waiting.push({ operations, number: (count += 1), since: performance.now(), answer, refuse });
      waiting += operations.length;
      schedule();
    });
  }

  // After all that the answers just given make their callers ask for: it goes into one batch.
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      pump();
    });
  }

  function pump(): void {
    while (inFlight < limits.mostInFlight) {
      const decided = decideWaiting();
      if (decided.length === 0) break;
      void send(decided);
    }
    if (lanes.size === 0) onceIdle?.();
  }

  /** Decides what can be decided without a look; the other lanes' batches take their locks. */
  function decideWaiting(): InLane[] {
    const earliest = performance.now() - limits.longestWaitMs;
    const decided: InLane[] = [];
    let room = limits.mostInTransaction;
    for (const lane of [...lanes.values()]) {
      if (room <= 0) break;
      waiting -= refuseStale(lane, earliest);
      if (lane.waiting.length > 0 && !lane.isLocked) {
        const first = lane.mustLock ? null : decideFirst(lane, room);
        if (first === null) lock(lane);
        else {
          decided.push(first);
          room -= first.batch.operations.length;
        }
      }
      tidy(lane);
    }
    return decided;
  }

  function decideFirst(lane: Lane, most: number): InLane | null {
    const batch = takeBatch(lane, Math.min(most, shareOf(lane, limits)));
    const made = carryOut.decide(lane.organizationId, batch.operations);
    if (made === null) {
      lane.waiting.unshift(...batch.requests);
      return null;
    }
    waiting -= batch.operations.length;
    lane.inFlight += 1;
    lane.operationsInFlight += batch.operations.length;
    return { lane, batch, made };
  }

  async function send(decided: readonly InLane[]): Promise<void> {
    inFlight += 1;
    const isDone = await carryOut.writeTogether(decided);
    inFlight -= 1;
    for (const { lane, batch } of decided) {
      lane.inFlight -= 1;
      lane.operationsInFlight -= batch.operations.length;
      if (!isDone) {
        lane.mustLock = true;
        putBack(lane, batch);
        waiting += batch.operations.length;
      }
      tidy(lane);
    }
    schedule();
  }

  function lock(lane: Lane): void {
    lane.mustLock = true;
    if (lane.inFlight > 0 || locked === mostLocked) return;
    locked += 1;
    const batch = takeBatch(lane, limits.mostInBatch);
    waiting -= batch.operations.length;
    lane.isLocked = true;
    void carryOut.underLock(batch).finally(() => {
      locked -= 1;
      lane.isLocked = false;
      lane.mustLock = false;
      tidy(lane);
      schedule();
    });
  }

  function tidy(lane: Lane): void {
    const isBusy = lane.waiting.length > 0 || lane.inFlight > 0 || lane.isLocked;
    lanes.delete(lane.organizationId);
    // Behind the others: it had its turn.
    if (isBusy) lanes.set(lane.organizationId, lane);
  }

  function close(): Promise<void> {
    closing ??= new Promise((resolve) => {
      onceIdle = resolve;
      schedule();
    });
    return closing;
  }

  return { submit, close };
}

/**
 * How many operations go into the lane's next batch: so many that as much is left for the one that is decided while it is written. Callers
 * that wait for one answer before they ask again would else all be in one batch, and this process and the database work in turns.
 */
function shareOf({ waiting, operationsInFlight }: Lane, { mostInFlight, leastInBatch, mostInBatch }: GroupCommitLimits): number {
  const operations = waiting.reduce((count, request) => count + request.operations.length, operationsInFlight);
  return Math.min(mostInBatch, Math.max(leastInBatch, Math.ceil(operations / mostInFlight)));
}

interface InLane extends Decided {
  readonly lane: Lane;
}
