import { summed } from '../../domain/ledger/summary';
import type { Hold, Prunable, Pruned } from '../../domain/ledger';
import type { Shelf } from './memory-store';

export function prunableOf({ holds, entries, pruneMark }: Shelf, before: number, most: number): Prunable {
  const isAhead = (hold: Hold) => pruneMark.hold === null || byExpiry(hold, pruneMark.hold) > 0;
  const ended = [...holds.values()].filter((hold) => hold.expiresAt < before && isAhead(hold)).sort(byExpiry);
  const next = entries.filter(({ entryId }) => entryId > (pruneMark.entryId ?? 0));
  return { holds: ended.slice(0, most), entries: next.slice(0, most) };
}

export function hasPrunable(shelf: Shelf, at: number, before: number): boolean {
  const { holds, entries } = prunableOf(shelf, before, 1);
  return holds.length > 0 || entries.some((entry) => entry.at < before || entry.at > at);
}

/** Takes pruned entries away, and leaves their sums, and how far it came. */
export function writePruned(shelf: Shelf, pruned: readonly Pruned[]): void {
  for (const { entryIds, summaries, through } of pruned) {
    const gone = new Set(entryIds);
    shelf.entries = shelf.entries.filter(({ entryId }) => !gone.has(entryId));
    shelf.summaries = summed([...shelf.summaries, ...summaries]);
    shelf.pruneMark = { hold: through.hold ?? shelf.pruneMark.hold, entryId: through.entryId ?? shelf.pruneMark.entryId };
  }
}

function byExpiry(a: Pick<Hold, 'expiresAt' | 'key'>, b: Pick<Hold, 'expiresAt' | 'key'>): number {
  return a.expiresAt - b.expiresAt || (a.key === b.key ? 0 : a.key < b.key ? -1 : 1);
}
