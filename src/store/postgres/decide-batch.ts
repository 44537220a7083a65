import { randomInt } from 'node:crypto';
import { applyBatch, type Changes, type Hold, type Operation, type Outcome, type Rows } from '../../domain/ledger';
import { clearThroughAfter, moveOn, rowsOf, type KnownOrganization } from './known-organization';

const MOST_VERSIONS = 2 ** 47;

/** A batch of one organization's operations, decided on one version of its ledger and not written yet. */
export interface DecidedBatch {
  readonly organizationId: string;
  readonly outcomes: readonly Outcome[];
  readonly changes: Changes;
  /** The holds that changed: those that are new, and those that replace others. */
  readonly fresh: readonly Hold[];
  readonly replaced: readonly Hold[];
  readonly seen: number;
  readonly next: number;
  readonly clearThrough: number;
}

/** Decides and moves what is known on to the version that the batch makes. */
export function decideOn(known: KnownOrganization, operations: readonly Operation[], rows: Rows): DecidedBatch {
  return batchOf(known, operations, applyBatch(rows, operations));
}

function batchOf(
  known: KnownOrganization,
  operations: readonly Operation[],
  { outcomes, changes }: ReturnType<typeof applyBatch>,
): DecidedBatch {
  const fresh: Hold[] = [];
  const replaced: Hold[] = [];
  for (const hold of changes.holds) ((known.holds.get(hold.key) ?? null) === null ? fresh : replaced).push(hold);
  const sweptAt = operations.filter((_, index) => isComplete(outcomes[index])).map(({ at }) => at);
  // By chance, so that no two processes and no restored backup give the same version to different ledgers.
  const step = { version: randomInt(MOST_VERSIONS), clearThrough: clearThroughAfter(known.clearThrough, sweptAt, changes) };
  const { organizationId, version: seen } = known;
  moveOn(known, changes, step);
  return { organizationId, outcomes, changes, fresh, replaced, seen, next: step.version, clearThrough: step.clearThrough };
}

/**
 * The same without asking the database: null where it takes more than is known, and where it fails in a way that no rule foresaw, which
 * the locked path tells apart. Keys of new reserves are taken to be new; writing the batch fails where one is not.
 */
export function decideAtOnce(known: KnownOrganization, operations: readonly Operation[]): DecidedBatch | null {
  const assumed = new Set(
    operations.flatMap((operation) => (isBeginning(operation) && !known.holds.has(operation.key) ? operation.key : [])),
  );
  try {
    const decided = applyBatch(rowsOf(known, assumed), operations);
    // Where nothing is inserted under such a key, nothing would fail if it is known after all.
    const written = new Set(decided.changes.holds.map(({ key }) => key));
    return [...assumed].every((key) => written.has(key)) ? batchOf(known, operations, decided) : null;
  } catch {
    return null;
  }
}

/** Whether it may make a hold. What is no operation at all is refused by the domain. */
export function isBeginning(operation: Operation): operation is Extract<Operation, { kind: 'reserve' | 'charge' }> {
  const kind = (operation as Operation | null | undefined)?.kind;
  return kind === 'reserve' || kind === 'charge';
}

/** Whether it was an `expire` that left nothing overdue. */
function isComplete(outcome: Outcome | undefined): boolean {
  return outcome?.ok === true && 'expired' in outcome.answer && outcome.answer.isComplete;
}
