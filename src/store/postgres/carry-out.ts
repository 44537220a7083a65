import type { Pool } from 'pg';
import type { Operation } from '../../domain/ledger';
import { answerAll, batchOf, refuseAll, type Batch } from '../lanes';
import { applyLocked } from './apply-locked';
import { decideAtOnce, type DecidedBatch } from './decide-batch';
import { failureKind } from './failure-kind';
import { createRemembered } from './remembered';
import { sharedConnection } from './shared-connection';
import { writeAtOnce, writesOf, type News } from './write-batches';

/** A batch, and what was decided on it without a look. */
export interface Decided {
  readonly batch: Batch;
  readonly made: DecidedBatch;
}

export interface CarryOut {
  /** Decides on what this process remembers: null where that is not enough, or but a guess. */
  decide(organizationId: string, operations: readonly Operation[]): DecidedBatch | null;
  /**
   * Writes what was decided, of several organizations in one transaction, behind those before, and answers the callers. False where the
   * database refused it: nothing was done, and each is to be carried out under its lock.
   */
  writeTogether(decided: readonly Decided[]): Promise<boolean>;
  /** Takes the organization's lock, decides, writes and answers. */
  underLock(batch: Batch): Promise<void>;
}

/** Of a batch that somebody else's locks are in the way of, whoever locks in another order than ours. */
const MOST_TRIES = 3;

/** Carries out batches, and remembers how that left the ledgers. */
export function createCarryOut(writers: Pool, tell: (news: News) => void): CarryOut {
  const remembered = createRemembered();
  const writer = sharedConnection(writers);

  function decide(organizationId: string, operations: readonly Operation[]): DecidedBatch | null {
    const { known, isGuess } = remembered.recall(organizationId);
    const made = known === null || isGuess ? null : decideAtOnce(known, operations);
    if (known === null || made === null) return null;
    // The database itself gives another version to an organization whose budgets change.
    if (made.changes.budgets.size > 0) remembered.forget(organizationId);
    else remembered.keep(known, true);
    return made;
  }

  async function writeTogether(decided: readonly Decided[]): Promise<boolean> {
    try {
      const writes = writesOf(decided.map(({ made }) => made));
      for (const news of await writer.use((db) => writeAtOnce(db, writes))) tell(news);
    } catch (error) {
      const isUnknown = failureKind(error) === 'unknown';
      for (const { batch, made } of decided) {
        if (!isUnknown) doubt(made);
        else {
          // What became of it, its callers must ask by their keys.
          remembered.forget(batch.organizationId);
          refuseAll(batch, error);
        }
      }
      return isUnknown;
    }
    for (const { batch, made } of decided) answerAll(batch, made.outcomes);
    return true;
  }

  // Of several batches under way the first one knew the version that the ledger should have.
  function doubt({ organizationId, seen }: DecidedBatch): void {
    if (remembered.recall(organizationId).known !== null) remembered.doubt(organizationId, seen);
  }

  async function underLock(batch: Batch, tries = 1): Promise<void> {
    const { organizationId, requests, operations } = batch;
    try {
      const { outcomes, news, known, asExpected } = await applyLocked(
        writers,
        organizationId,
        operations,
        remembered.recall(organizationId),
      );
      if (known === null) remembered.forget(organizationId);
      else remembered.keep(known, asExpected);
      for (const one of news) tell(one);
      answerAll(batch, outcomes);
    } catch (error) {
      remembered.forget(organizationId);
      const kind = failureKind(error);
      if (kind === 'again' && tries < MOST_TRIES) {
        await underLock(batch, tries + 1);
        return;
      }
      if (requests.length === 1 || kind !== 'poison') {
        refuseAll(batch, error);
        return;
      }
      // One of them cannot be carried out at all: it is to fail alone.
      const half = Math.ceil(requests.length / 2);
      for (const part of [requests.slice(0, half), requests.slice(half)]) await underLock(batchOf(organizationId, part));
    }
  }

  return { decide, writeTogether, underLock };
}
