import type { Pool } from 'pg';
import { isSound, type Operation, type Outcome } from '../../domain/ledger';
import { LedgerUnavailable } from '../ledger-unavailable';
import { BEGIN, withConnection, type Queryable } from './connection';
import { decideOn, isBeginning, type DecidedBatch } from './decide-batch';
import { nothingKnown, type KnownOrganization, type OrganizationRow } from './known-organization';
import { loadFollowing, loadNamed, withRows } from './load-known';
import { lockOrganization, makeOrganization, UNREAD } from './organization-row';
import type { Memory } from './remembered';
import { Undecidable } from './undecidable';
import { writeAndCommit, writesOf, type News } from './write-batches';

export interface Applied {
  readonly outcomes: readonly Outcome[];
  readonly news: readonly News[];
  /** As of the version that was made; null where budgets changed, which the database itself gives another version. */
  readonly known: KnownOrganization | null;
  /** Nobody else wrote to the organization since it was remembered, and no key of an ended hold was said again. */
  readonly asExpected: boolean;
}

/** One transaction: lock the organization, load what is not remembered, decide in the domain, write what changed. */
export function applyLocked(pool: Pool, organizationId: string, operations: readonly Operation[], memory: Memory): Promise<Applied> {
  const sound = operations.filter(isSound);
  return withConnection(pool, async (db) => {
    const begun = db.query(BEGIN.text);
    const [{ known, asLeft }] = await Promise.all([lockedKnown(db, organizationId, sound, memory), begun]);
    await loadFollowing(db, known, sound);
    const asExpected = asLeft && !sound.some((operation) => isBegunAgain(known, operation));
    const batch = await decided(db, known, operations);
    const news = await writeAndCommit(db, writesOf([batch]));
    return { outcomes: batch.outcomes, news, known: batch.changes.budgets.size > 0 ? null : known, asExpected };
  });
}

async function decided(db: Queryable, known: KnownOrganization, operations: readonly Operation[]): Promise<DecidedBatch> {
  try {
    return await withRows(db, known, (rows) => decideOn(known, operations, rows));
  } catch (error) {
    if (error instanceof LedgerUnavailable) throw error;
    throw new Undecidable(error);
  }
}

// Who decides without a look takes such a key to be new, and has a whole transaction refused for it.
function isBegunAgain(known: KnownOrganization, operation: Operation): boolean {
  return isBeginning(operation) && (known.holds.get(operation.key)?.state ?? 'held') !== 'held';
}

async function lockedKnown(db: Queryable, organizationId: string, sound: readonly Operation[], memory: Memory) {
  const remembered = memory.isGuess ? null : memory.known;
  const guess = remembered ?? nothingKnown(organizationId, UNREAD);
  // In one go: statements behind the lock see what is committed when it is had.
  const [row] = await Promise.all([lockOrganization(db, organizationId), loadNamed(db, guess, sound)]);
  const asLeft = memory.version === null || row?.version === memory.version;
  // What the row says is as it says, whatever is remembered.
  if (row !== null && (asLeft || guess !== remembered)) return { known: { ...guess, ...row }, asLeft };
  const known = nothingKnown(organizationId, row ?? (await made(db, organizationId)));
  await loadNamed(db, known, sound);
  return { known, asLeft };
}

async function made(db: Queryable, organizationId: string): Promise<OrganizationRow> {
  await makeOrganization(db, organizationId);
  const row = await lockOrganization(db, organizationId);
  if (row === null) throw new Error(`Organization ${organizationId} vanished`);
  return row;
}
