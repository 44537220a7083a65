import type { Balance } from '../balance';
import { isHeld, type Attempt, type Hold, type Line } from './hold';
import type { AnswerOf, Prune } from './operation';
import type { Draft } from './rows';
import { summariesOfHold, summaryOfEntry, summed, type PrunableEntry, type Summary } from './summary';

/** How far an organization's holds (by the end of their time) and entries have been looked through; null: not at all. */
export interface PruneMark {
  readonly hold: Pick<Hold, 'expiresAt' | 'key'> | null;
  readonly entryId: number | null;
}

/** What one pruning takes away, and what it leaves in its place. */
export interface Pruned {
  readonly entryIds: readonly number[];
  readonly summaries: readonly Summary[];
  /** Null where nothing was passed. */
  readonly through: PruneMark;
}

/**
 * Reduces a page of what ended before `before`, in months that are over and closed: entries become sums, and of a settled hold its key's
 * answers are left. Whoever meets the key later is answered, refused and charged as if nothing had been pruned. It goes in order and
 * stops at the first row whose time has not come, so that none is left behind. A hold with an attempt that a real cost may still correct
 * stays whole for good, and so does what a clock far ahead has written.
 */
export function prune(draft: Draft, { at, before, most }: Prune): AnswerOf['prune'] {
  const page = draft.prunable(before, most);
  const monthOf = monthsOf(draft);
  const isOver = (line: Line) => isClosedBy(monthOf(line), before);
  const holds = walk(page.holds, (hold) => fateOfHold(hold, { at, before, isOver }));
  const entries = walk(page.entries, (entry) => fateOfEntry(entry, { at, before, isOver }));
  for (const hold of holds.pruned) draft.putHold(reduced(hold));
  const ofEntries = entries.pruned.map((entry) => summaryOfEntry(entry, monthOfEntry(entry, monthOf)));
  draft.prune({
    entryIds: entries.pruned.map(({ entryId }) => entryId),
    summaries: summed([...holds.pruned.flatMap(summariesOfHold), ...ofEntries]),
    through: {
      hold: holds.last === undefined ? null : { expiresAt: holds.last.expiresAt, key: holds.last.key },
      entryId: entries.last?.entryId ?? null,
    },
  });
  const isComplete = (holds.hasStopped || page.holds.length < most) && (entries.hasStopped || page.entries.length < most);
  return { holds: holds.pruned.length, entries: entries.pruned.length, isComplete };
}

/** Keep: for good. Wait: until its time has come. */
type Fate = 'prune' | 'keep' | 'wait';

interface Terms {
  readonly at: number;
  readonly before: number;
  readonly isOver: (line: Line) => boolean;
}

function fateOfHold(hold: Hold, { at, before, isOver }: Terms): Fate {
  if (isHeld(hold)) return 'wait';
  if (isReduced(hold)) return 'keep';
  const settledAt = hold.settledAt ?? hold.at;
  const lines = [...hold.lines, ...hold.counted, ...hold.attempts.flatMap((attempt) => attempt.lines)];
  if (settledAt > at || lines.some(({ periodStart }) => periodStart > at)) return 'keep';
  if (settledAt >= before || !lines.every(isOver)) return 'wait';
  return hold.attempts.every(isFinal) ? 'prune' : 'keep';
}

function fateOfEntry({ at: writtenAt, budgetId, periodStart, dayStart }: PrunableEntry, { at, before, isOver }: Terms): Fate {
  if (writtenAt > at || (periodStart ?? writtenAt) > at) return 'keep';
  if (writtenAt >= before) return 'wait';
  if (budgetId === null || periodStart === null || dayStart === null) return 'prune';
  return isOver({ budgetId, periodStart, dayStart }) ? 'prune' : 'wait';
}

// The cost of any other may still be told, once, and is then charged in its lines.
function isFinal({ state }: Attempt): boolean {
  return state === 'finished';
}

function isReduced({ decision, counted, attempts }: Hold): boolean {
  return decision?.status !== 'granted' && counted.length === 0 && attempts.every(({ lines }) => lines.length === 0);
}

// A denied key keeps its denial. The hold's own lines stay: work that was given back may still turn out to have run.
function reduced(hold: Hold): Hold {
  const decision = hold.decision?.status === 'denied' ? hold.decision : null;
  return { ...hold, decision, counted: [], attempts: hold.attempts.map((attempt) => ({ ...attempt, lines: [] })) };
}

type MonthOf = (line: Pick<Line, 'budgetId' | 'periodStart'>) => Balance | null;

function monthsOf(draft: Draft): MonthOf {
  const known = new Map<string, Balance | null>();
  return ({ budgetId, periodStart }) => {
    const name = `${budgetId} ${String(periodStart)}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const month = draft.balances(budgetId, periodStart).find(({ period }) => period.start === periodStart) ?? null;
    known.set(name, month);
    return month;
  };
}

function monthOfEntry({ budgetId, periodStart }: PrunableEntry, monthOf: MonthOf): Balance['period'] | null {
  return budgetId === null || periodStart === null ? null : (monthOf({ budgetId, periodStart })?.period ?? null);
}

function isClosedBy(month: Balance | null, before: number): boolean {
  return month !== null && month.closedAt !== null && month.period.end <= before;
}

interface Walk<Row> {
  readonly pruned: readonly Row[];
  /** The last that was passed. */
  readonly last: Row | undefined;
  readonly hasStopped: boolean;
}

function walk<Row>(rows: readonly Row[], fateOf: (row: Row) => Fate): Walk<Row> {
  const pruned: Row[] = [];
  let last: Row | undefined;
  for (const row of rows) {
    const fate = fateOf(row);
    if (fate === 'wait') return { pruned, last, hasStopped: true };
    if (fate === 'prune') pruned.push(row);
    last = row;
  }
  return { pruned, last, hasStopped: false };
}
