import { coalesced, identityOf, joined, type Happening } from '../../domain/ledger';
import type { Shelf } from './memory-store';

let happenings = 0;

/** The outbox. Returns the budgets that have something new to tell. */
export function writeHappenings(shelf: Shelf, told: readonly Happening[]): readonly string[] {
  const news = new Set<string>();
  for (const happening of coalesced(told)) {
    if (happening.what === 'denied' ? countDenial(shelf, happening) : insert(shelf, happening)) news.add(happening.budgetId);
  }
  return [...news];
}

// One row for all that nobody has taken on yet.
function countDenial(shelf: Shelf, denial: Happening): boolean {
  for (let sequence = 0; ; sequence += 1) {
    const known = shelf.happenings.get(identityOf({ ...denial, sequence }));
    if (known === undefined) return insert(shelf, { ...denial, sequence });
    if (known.alertId !== null) continue;
    known.happening = joined(known.happening, denial);
    return false;
  }
}

function insert(shelf: Shelf, happening: Happening): boolean {
  const identity = identityOf(happening);
  if (shelf.happenings.has(identity)) return false;
  happenings += 1;
  shelf.happenings.set(identity, { happeningId: happenings, happening, alertId: null });
  return true;
}
